using System.Collections.Immutable;
using MoeOrleans.Compute;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>What the conclusion needs of the run's experts, routers and silos.</summary>
internal interface IConclusionGrains : IEvaluationGrains
{
    /// <summary>Compute threads of each silo of the run.</summary>
    IReadOnlyList<int> Threads { get; }

    /// <summary>Reads the weights of all experts.</summary>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="version">The version that they are at.</param>
    Task<ImmutableArray<WireTensor<float>>> Read(long generation, long version);

    /// <summary>Reads the weights that all experts keep as the best ones.</summary>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="version">Version of those weights.</param>
    Task<ImmutableArray<WireTensor<float>>> ReadBest(long generation, long version);
}

/// <summary>
/// What follows training: reads the final weights and the best ones, evaluates both, and sums the run up. All weights are read first: from
/// then on no failure costs a trained step.
/// </summary>
/// <param name="request">The run.</param>
/// <param name="spec">Its specification.</param>
/// <param name="grains">What the conclusion needs of the run's grains.</param>
/// <param name="products">Records the products of the final weights.</param>
/// <param name="current">Where the run is; receives the weights.</param>
/// <param name="retry">Pauses between attempts to evaluate.</param>
internal sealed class Conclusion(
    RunRequest request, RunSpec spec, IConclusionGrains grains, ProductsRecorder products, CurrentProgress current, RetryPolicy retry)
{
    /// <summary>Concludes a run.</summary>
    /// <param name="end">How its training ended.</param>
    /// <param name="aborted">Cancelled if the run is not wanted any more.</param>
    /// <returns>The summary; the wall time is the caller's to fill in.</returns>
    /// <exception cref="RecoverableException">The weights could not be read.</exception>
    /// <exception cref="EvaluationFailedException">The weights were read and could not be evaluated.</exception>
    public async Task<RunSummary> Conclude(TrainingEnd end, CancellationToken aborted)
    {
        current.Phase = RunPhase.Evaluating;
        var progress = current.Value;
        var final = new RunWeights(progress.Theta, await grains.Read(progress.Generation, end.Version));
        var bestWeights = await ReadBest(progress, end.Version, final);
        progress = progress with { FinalWeights = final, FinalVersion = end.Version, BestWeights = bestWeights };
        if (products.IsOn) progress = products.Record(progress, end.Version, final);
        current.Value = progress;
        var evaluation = new TestEvaluation(
            grains, spec.Data, new EvaluatedWeights(progress.Generation, end.Version, final, progress.Best?.Version ?? 0, bestWeights), retry, aborted);
        var (withNoise, withoutNoise) = await Evaluate(evaluation, end.Version, progress.Theta);
        var best = await ConcludeBest(evaluation, progress);
        var last = LastPass.Of(spec, end, progress);
        var load = ExpertLoad.Of(last.Counts.ToRows());
        var milliseconds = progress.Records.Select(record => record.StepMilliseconds).Order().ToArray();
        return new RunSummary(
            request.Run.RunId,
            SpecHash.Of(spec),
            NumericsVersion.Current,
            spec.Training.Seed,
            spec.Data.Seed,
            end.Last.Step + 1,
            end.IsByRule ? end.Last.Step : null,
            end.Reason,
            last.Loss,
            last.Accuracy,
            withNoise,
            withoutNoise,
            last.Counts.Entropy(),
            last.Counts.ToRows(),
            final.ToMixture(spec).Sha256(),
            grains.Threads.Count,
            request.Deployment.Shards,
            grains.Threads.Max(),
            request.Deployment.Dispatch,
            WallSeconds: 0,
            milliseconds[milliseconds.Length / 2],
            progress.Records.Sum(record => record.ComputeMilliseconds) / (grains.Threads.Sum() * progress.Trained.TotalMilliseconds),
            progress.Restarts,
            best)
        {
            Name = request.Name,
            MeasuredSteps = last.Steps,
            LiveExperts = load.Live,
            LoadEntropy = load.Entropy,
            MutualInformation = load.MutualInformation,
        };
    }

    /// <summary>The weights of the smallest loss: the experts kept them when they committed the step that followed.</summary>
    private async Task<RunWeights?> ReadBest(TrainingProgress progress, long finalVersion, RunWeights final)
    {
        if (progress.Best is not { } best) return null;
        // No step follows the last evaluation.
        return best.Version == finalVersion ? final : new RunWeights(best.Theta, await grains.ReadBest(progress.Generation, best.Version));
    }

    private async Task<BestLossSummary?> ConcludeBest(TestEvaluation evaluation, TrainingProgress progress)
    {
        if (progress.Best is not { Metrics: var step, Evaluation: var by } best) return null;
        var (withNoise, withoutNoise) = await Evaluate(evaluation, best.Version, best.Theta);
        return new BestLossSummary(best.Version, step.Loss, step.Accuracy, withNoise, withoutNoise, progress.BestWeights!.ToMixture(spec).Sha256())
        {
            ValidationLoss = by?.ValidationLoss,
            ValidationAccuracy = by?.ValidationAccuracy,
        };
    }

    private static async Task<(double WithNoise, double WithoutNoise)> Evaluate(TestEvaluation evaluation, long version, WireTensor<float> theta) => (
        await evaluation.Accuracy(RoutePurpose.Evaluate, version, theta),
        await evaluation.Accuracy(RoutePurpose.EvaluateWithoutNoise, version, theta));
}
