using System.Collections.Immutable;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Replay;

/// <summary>How a replay compares with what was expected.</summary>
/// <param name="Case">Name of the folder.</param>
/// <param name="Precision">"double" or "float".</param>
/// <param name="Steps">Executed steps.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="Limit">The largest error that passes.</param>
/// <param name="Loss">The largest difference of a loss.</param>
/// <param name="Change">The largest error of a tensor's change, relative to the expected change.</param>
/// <param name="Failures">The failures, a line each: stop, losses, dispatch, then tensors.</param>
internal sealed record ReplayReport(
    string Case, string Precision, int Steps, StopReason StopReason, double Limit, ReplayError Loss, ReplayError Change, ImmutableArray<string> Failures)
{
    /// <summary>Whether nothing failed.</summary>
    public bool Passed => Failures.IsEmpty;
}
