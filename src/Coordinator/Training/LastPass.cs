using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Coordinator.Training;

/// <summary>What a run says of its training data in the end.</summary>
/// <param name="Steps">The steps that it was measured over.</param>
/// <param name="Loss">Mean loss.</param>
/// <param name="Accuracy">Training accuracy in percent.</param>
/// <param name="Counts">Clusters x experts.</param>
internal sealed record LastPass(long Steps, double Loss, double Accuracy, DispatchCounts Counts)
{
    /// <summary>The last step with full batches; else the last whole epoch, or all steps of a run that has none.</summary>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="end">How its training ended.</param>
    /// <param name="progress">Where it is.</param>
    public static LastPass Of(RunSpec spec, TrainingEnd end, TrainingProgress progress) =>
        (progress.LastEpoch ?? progress.Epoch) is { Steps: > 0 } epoch
            ? new(epoch.Steps, epoch.MeanLoss, epoch.Accuracy, epoch.Dispatch(spec.Data.Clusters, spec.Model.Experts))
            : new(1, end.Last.Loss, end.Last.Accuracy, end.Counts);
}
