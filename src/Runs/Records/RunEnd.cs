using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using static System.FormattableString;

namespace MoeOrleans.Runs.Records;

/// <summary>Why and when a run ended, in words.</summary>
internal static class RunEnd
{
    /// <summary>A phrase without a full stop.</summary>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="summary">Its summary.</param>
    public static string Of(RunSpec spec, RunSummary summary) => summary.StopReason switch
    {
        StopReason.Steps => Invariant($"all {summary.Steps:#,0} steps done"),
        StopReason.Floor => Invariant($"stopped at step {summary.StopStep}: the loss is at most {spec.Training.Stop.Floor:R} and no longer falls"),
        StopReason.Rise => Invariant($"stopped at step {summary.StopStep}: the loss rose more than {spec.Training.Stop.Rise:R} above its smallest"),
        StopReason.Validation => Invariant($"stopped after {summary.Steps:#,0} steps: {Evaluations(spec.Training.EarlyStop)} without a smaller validation loss"),
        _ => Invariant($"interrupted after {summary.Steps:#,0} of {spec.Training.Steps:#,0} steps"),
    };

    private static string Evaluations(int count) => Invariant($"{count:#,0} evaluation{(count == 1 ? "" : "s")}");
}
