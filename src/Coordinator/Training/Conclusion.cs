using System.Collections.Immutable;
using MoeOrleans.Compute;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>What the conclusion needs of the run's experts, routers and silos.</summary>
internal interface IConclusionGrains
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

    /// <summary>Accuracy on the test set, in percent.</summary>
    /// <param name="purpose">With a draw of noise, or without noise.</param>
    /// <param name="version">Version of the experts' weights.</param>
    /// <param name="theta">The router's weights.</param>
    Task<double> Accuracy(RoutePurpose purpose, long version, WireTensor<float> theta);
}

/// <summary>What follows training: reads the final weights and the best ones, evaluates both, and sums the run up.</summary>
/// <param name="request">The run.</param>
/// <param name="spec">Its specification.</param>
/// <param name="grains">What the conclusion needs of the run's grains.</param>
/// <param name="products">Records the products of the final weights.</param>
/// <param name="current">Where the run is; receives the weights.</param>
internal sealed class Conclusion(RunRequest request, RunSpec spec, IConclusionGrains grains, ProductsRecorder products, CurrentProgress current)
{
    /// <summary>Concludes a run.</summary>
    /// <param name="end">How its training ended.</param>
    /// <returns>The summary; the wall time is the caller's to fill in.</returns>
    /// <exception cref="RecoverableException">A call to a grain failed.</exception>
    public async Task<RunSummary> Conclude(TrainingEnd end)
    {
        current.Phase = RunPhase.Evaluating;
        var progress = current.Value;
        var final = new WeightsReply(progress.Theta, await grains.Read(progress.Generation, end.Version));
        progress = progress with { FinalWeights = final };
        if (products.IsOn) progress = products.Record(progress, end.Version, final);
        current.Value = progress;
        var (withNoise, withoutNoise) = await Evaluate(end.Version, progress.Theta);
        var best = await ConcludeBest(progress);
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
            end.Last.Loss,
            end.Last.Accuracy,
            withNoise,
            withoutNoise,
            end.Last.Entropy,
            end.Counts.ToRows(),
            final.ToMixture(spec).Sha256(),
            grains.Threads.Count,
            request.Deployment.Shards,
            grains.Threads.Max(),
            request.Deployment.Dispatch,
            WallSeconds: 0,
            milliseconds[milliseconds.Length / 2],
            progress.Records.Sum(record => record.ComputeMilliseconds) / (grains.Threads.Sum() * progress.Trained.TotalMilliseconds),
            progress.Restarts,
            best);
    }

    /// <summary>The weights of the smallest loss: the experts kept them when they committed that step.</summary>
    private async Task<BestLossSummary?> ConcludeBest(TrainingProgress progress)
    {
        if (progress.Best is not var (step, theta)) return null;
        var weights = new WeightsReply(theta, await grains.ReadBest(progress.Generation, step.Step));
        current.Value = progress with { BestWeights = weights };
        var (withNoise, withoutNoise) = await Evaluate(step.Step, theta);
        return new BestLossSummary(step.Step, step.Loss, step.Accuracy, withNoise, withoutNoise, weights.ToMixture(spec).Sha256());
    }

    private async Task<(double WithNoise, double WithoutNoise)> Evaluate(long version, WireTensor<float> theta) => (
        await grains.Accuracy(RoutePurpose.Evaluate, version, theta),
        await grains.Accuracy(RoutePurpose.EvaluateWithoutNoise, version, theta));
}
