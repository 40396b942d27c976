using System.Collections.Immutable;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.TakeOver;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>The step loop, the conclusion and the recovery on real experts and routers.</summary>
/// <param name="grains">The run's grains.</param>
/// <param name="spec">Its specification.</param>
/// <param name="retry">Pauses between attempts at a call.</param>
internal sealed class TrainingGrains(ExpertsAndRouters grains, RunSpec spec, RetryPolicy retry) : IStepGrains, IConclusionGrains, IRecoveryGrains
{
    private readonly int[] _all = [.. Enumerable.Range(0, grains.Experts.Count)];

    public bool AreChanging => grains.Silos.AreChanging;

    public IReadOnlyList<int> Threads => [.. grains.Silos.Threads];

    public Task MoveIfDue(long generation, long version, long? best, CancellationToken aborted) =>
        grains.Silos.NextAssignment(aborted) is { } assignment
            ? new GrainMoves(grains, generation, version, best, retry).Rebalance(assignment)
            : Task.CompletedTask;

    public void CompleteMoves() => grains.Silos.CompleteMoves();

    public IStepInProgress Begin(long step, int samples, long generation, WireTensor<float> theta, CancellationToken aborted)
    {
        var shards = grains.Shards(samples, spec.Training.Block);
        var driver = new StepDriver(grains, new StepProtocol(step, generation, grains.Experts.Count, [.. shards]), theta, retry, aborted);
        driver.Begin();
        return driver;
    }

    public Task<ImmutableArray<WireTensor<float>>> Read(long generation, long version) => Read(expert => expert.Read(), generation, version);

    public Task<ImmutableArray<WireTensor<float>>> ReadBest(long generation, long version) => Read(expert => expert.ReadBest(), generation, version);

    /// <summary>Each router classifies a range of the test samples.</summary>
    public async Task<double> Accuracy(RoutePurpose purpose, long version, WireTensor<float> theta)
    {
        var (samples, routers) = (spec.Data.Test, grains.Routers.Count);
        var replies = await Task.WhenAll(grains.Routers.Select((router, s) =>
        {
            var first = (int)((long)samples * s / routers);
            var end = (int)((long)samples * (s + 1) / routers);
            return RecoverableException.Wrap(
                $"The evaluation of the weights after {version} steps failed at {grains.Silos.Shard(s)}",
                () => router.RouteTest(new RouteTestRequest(grains.Context, version, purpose, first, end - first, theta)));
        }));
        return 100.0 * replies.Sum(reply => reply.Hits) / replies.Sum(reply => reply.Samples);
    }

    public Task<string?> Place(CancellationToken aborted) => grains.Silos.Place(aborted);

    public Task<(long Generation, IReadOnlyList<string> Silos)> TakeOver(long knownGeneration, CancellationToken aborted) =>
        new TakeOverDriver(grains, retry, aborted).TakeOver(knownGeneration);

    public Task MoveBack(long generation, IReadOnlyList<string> silos) =>
        new GrainMoves(grains, generation, version: 0, best: null, retry).MoveBack(silos);

    private async Task<ImmutableArray<WireTensor<float>>> Read(Func<IExpertGrain, Task<ExpertSnapshot>> read, long generation, long version)
    {
        var snapshots = await grains.Read(_all, read, generation, version);
        return [.. snapshots.Select(snapshot => snapshot.Weights)];
    }
}
