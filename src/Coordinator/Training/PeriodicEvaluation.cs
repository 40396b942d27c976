using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Training;

/// <summary>
/// Evaluates the weights between two steps, every few epochs and after the last step. Every expert has committed then and none computes, so the
/// weights are exactly those of one version. A failure restarts the run, which then evaluates the same bits.
/// </summary>
/// <param name="spec">The specification.</param>
/// <param name="grains">What an evaluation needs of the run's grains.</param>
/// <param name="retry">Pauses between attempts at a call.</param>
internal sealed class PeriodicEvaluation(RunSpec spec, IEvaluationGrains grains, RetryPolicy retry)
{
    private readonly long _interval = spec.Training.EvaluateEvery * new MinibatchOrder(spec.Training, spec.Data.Train).StepsPerEpoch;

    /// <summary>Whether the weights after a step's update are evaluated.</summary>
    /// <param name="step">The step.</param>
    public bool IsDue(long step) => _interval > 0 && ((step + 1) % _interval == 0 || step + 1 == spec.Training.Steps);

    /// <summary>Evaluates the weights.</summary>
    /// <param name="version">Their version.</param>
    /// <param name="theta">The router's weights.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <exception cref="RecoverableException">The samples could not be classified.</exception>
    public Task<EvaluationRecord> Evaluate(long version, WireTensor<float> theta, CancellationToken aborted) => RecoverableException.Wrap($"The weights after {version} steps could not be evaluated", async () =>
    {
        var evaluation = new TestEvaluation(grains, spec.Data, weights: null, retry, aborted);
        var (testLoss, testAccuracy) = await evaluation.LossAndAccuracy(SampleSet.Test, version, theta);
        if (spec.Data.Validation == 0) return new EvaluationRecord(null, null, testLoss, testAccuracy);
        var (loss, accuracy) = await evaluation.LossAndAccuracy(SampleSet.Validation, version, theta);
        return new EvaluationRecord(loss, accuracy, testLoss, testAccuracy);
    });
}
