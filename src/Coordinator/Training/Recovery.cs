using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>What a start or a restart needs of the run's experts and silos.</summary>
internal interface IRecoveryGrains
{
    /// <summary>Assigns experts and routers to the silos that there are.</summary>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <returns>The silos that were lost since the last assignment, with their experts; null if none was.</returns>
    Task<string?> Place(CancellationToken aborted);

    /// <summary>Takes the run for the next generation and restores every expert to version 0.</summary>
    /// <param name="knownGeneration">The last generation known, 0 at first.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <returns>The generation that now holds the run, and the silo that each expert is on.</returns>
    Task<(long Generation, IReadOnlyList<string> Silos)> TakeOver(long knownGeneration, CancellationToken aborted);

    /// <summary>Moves experts that were activated elsewhere than the run's assignment says.</summary>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="silos">The silo that each expert is on.</param>
    Task MoveBack(long generation, IReadOnlyList<string> silos);
}

/// <summary>Starts a run, and restarts it from step 0 in another generation if a failure can be mended that way.</summary>
/// <param name="runId">The run.</param>
/// <param name="spec">Its specification.</param>
/// <param name="grains">What a start needs of the run's grains.</param>
/// <param name="current">Where the run is.</param>
/// <param name="telemetry">The run's traces and metrics.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class Recovery(
    string runId, RunSpec spec, IRecoveryGrains grains, CurrentProgress current, RunTelemetry telemetry, TimeProvider time, ILogger log)
{
    private readonly RouterGradientLayout _layout = RouterGradientLayout.Of(spec, spec.Data.Dim);
    private readonly RestartCount _restarts = new();
    private (long Step, TimeSpan Time) _lost;

    /// <summary>Attempts to train until an attempt ends, or until restarts do not help.</summary>
    /// <typeparam name="T">What an attempt returns.</typeparam>
    /// <param name="attempt">Trains from where the run is.</param>
    /// <param name="resume">Whether the first attempt goes on from where the run is; otherwise from step 0.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <returns>What the first successful attempt returned.</returns>
    /// <exception cref="InvalidOperationException">Restarts made no progress, or silos were lost at the same step again and again.</exception>
    /// <exception cref="RunStoppedException">A stop was requested, and a failure has cost the steps so far.</exception>
    public async Task<T> Run<T>(Func<CancellationToken, Task<T>> attempt, bool resume, CancellationToken aborted)
    {
        while (true)
        {
            var isTraining = false;
            var (start, before) = (0L, TimeSpan.Zero);
            try
            {
                if (!resume) await Start(aborted);
                (resume, isTraining) = (false, true);
                // Other coordinators may have trained before this one resumed the run.
                (start, before) = (time.GetTimestamp(), current.Value.Trained);
                return await attempt(aborted);
            }
            catch (RecoverableException failure)
            {
                aborted.ThrowIfCancellationRequested();
                if (current.StopRequested) throw new RunStoppedException(runId, failure);
                if (isTraining) _lost = (current.Value.Step, before + time.GetElapsedTime(start));
                _restarts.Failed(failure, isTraining ? current.Value.Step : -1);
            }
        }
    }

    /// <summary>Takes the run, for the first time or again, and goes back to step 0.</summary>
    private async Task Start(CancellationToken aborted)
    {
        current.Phase = RunPhase.Preparing;
        using var span = _restarts.IsRestart ? telemetry.BeginPart(RunTelemetryNames.RestartSpan) : null;
        span?.SetTag(GrainTelemetry.Step, _lost.Step);
        var failure = _restarts.Placed(await grains.Place(aborted));
        if (failure is not null)
        {
            StopInstead(failure);
            current.Value = current.Value with { Restarts = current.Value.Restarts + 1 };
            var reason = failure.Message.ReplaceLineEndings(" ");
            LogRestart(log, runId, _lost.Step, _lost.Time.TotalSeconds, reason);
            _lost = default;
        }

        var (generation, silos) = await grains.TakeOver(current.Value.Generation, aborted);
        // Also if a move fails: a generation that restored experts is never taken again.
        current.Value = current.Value with { Generation = generation };
        // A call that came before the assignment did has activated its expert on another silo.
        await grains.MoveBack(generation, silos);
        // On another thread: a file may be large, and a grain's turn short.
        var initial = await Task.Run(() => InitialWeights.Read(spec), aborted);
        current.Value = current.Value.Restarted(spec, _layout, generation, initial?.Router);
        telemetry.Restarted(generation, current.Value.Restarts);
        if (failure is not null) StopInstead(failure);
    }

    private void StopInstead(Exception failure)
    {
        if (current.StopRequested) throw new RunStoppedException(runId, failure);
    }

    [LoggerMessage(EventId = 2113, Level = LogLevel.Warning, Message = "Run {RunId} restarts from step 0. At step {Step} it lost {Seconds:0.0} s of work: {Reason}")]
    private static partial void LogRestart(ILogger log, string runId, long step, double seconds, string reason);
}
