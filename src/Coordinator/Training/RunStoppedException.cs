namespace MoeOrleans.Coordinator.Training;

/// <summary>The run was asked to stop while no step of it was left: it ends without a result.</summary>
/// <param name="runId">The run.</param>
/// <param name="cause">The failure that it would have restarted after.</param>
internal sealed class RunStoppedException(string runId, Exception cause)
    : Exception($"run {runId} was stopped while it restarted, so no step of it is left ({cause.Message})", cause);
