using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.TakeOver;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Training;

/// <summary>The step loop, the conclusion and the recovery on real experts and routers.</summary>
/// <param name="grains">The run's grains.</param>
/// <param name="spec">Its specification.</param>
/// <param name="retry">Pauses between attempts at a call.</param>
/// <param name="telemetry">The run's traces and metrics.</param>
/// <param name="log">The log.</param>
internal sealed class TrainingGrains(ExpertsAndRouters grains, RunSpec spec, RetryPolicy retry, RunTelemetry telemetry, ILogger log)
    : IStepGrains, IConclusionGrains, IRecoveryGrains
{
    private readonly int[] _all = [.. Enumerable.Range(0, grains.Experts.Count)];

    public bool AreChanging => grains.Silos.AreChanging;

    public IReadOnlyList<int> Threads => [.. grains.Silos.Threads];

    public async Task MoveIfDue(long generation, long version, long? best, CancellationToken aborted)
    {
        if (grains.Silos.NextAssignment(aborted) is not { } assignment) return;
        using var span = telemetry.BeginPart(RunTelemetryNames.PlacementSpan);
        span?.SetTag(GrainTelemetry.Step, version);
        try
        {
            await new GrainMoves(grains, generation, version, best, retry, log).Rebalance(assignment);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public void CompleteMoves() => grains.Silos.CompleteMoves();

    public IStepInProgress Begin(long step, int samples, long generation, RoutedWith with, CancellationToken aborted)
    {
        var shards = grains.Shards(samples, spec.Training.Block);
        var timeline = telemetry.BeginStep(step, shards.Count);
        var driver = new StepDriver(grains, new StepProtocol(step, generation, grains.Experts.Count, [.. shards]), with, retry, timeline, aborted);
        driver.Begin();
        return driver;
    }

    public Task<ImmutableArray<WireTensor<float>>> Read(long generation, long version) => grains.ReadWeights(ExpertTensor.Weights, generation, version);

    public Task<ImmutableArray<WireTensor<float>>> ReadBest(long generation, long version) => grains.ReadWeights(ExpertTensor.BestWeights, generation, version);

    public int Routers => grains.Routers.Count;

    public string Name(int router) => grains.Silos.Shard(router);

    public Task<EvaluateReply> Classify(int router, TestSamples samples) => grains.Routers[router].RouteTest(
        new RouteTestRequest(grains.Context, samples.Version, samples.Purpose, samples.First, samples.Count, samples.Theta, samples.Set, samples.WithLosses));

    public Task RestoreLost(EvaluatedWeights weights) => Task.WhenAll(_all.Select(async m =>
    {
        if (await IsAt(m, weights.Version)) return;
        // No step follows, so the state of the optimiser is not needed. An expert that is not lost changes nothing.
        var (final, best) = (weights.Final.Array(m), weights.Best?.Array(m));
        await new ExpertCopy(weights.Generation, weights.Version, final, OptimiserState: null, weights.BestVersion, best, Silo: "").Restore(grains.Experts[m], grains.Context);
    }));

    public Task<string?> Place(CancellationToken aborted) => grains.Silos.Place(aborted);

    public Task<(long Generation, IReadOnlyList<string> Silos)> TakeOver(long knownGeneration, CancellationToken aborted) =>
        new TakeOverDriver(grains, retry, aborted).TakeOver(knownGeneration);

    public Task MoveBack(long generation, IReadOnlyList<string> silos) =>
        new GrainMoves(grains, generation, version: 0, best: null, retry, log).MoveBack(silos);

    /// <summary>Whether an expert has the weights of a version: it classifies no sample with them.</summary>
    private async Task<bool> IsAt(int expert, long version)
    {
        try
        {
            var none = new WireSamples(default, default, default, spec.Data.Patches * spec.Data.Dim);
            await grains.Experts[expert].Evaluate(new EvaluateRequest(version, null, WireTensor<float>.None, none));
            return true;
        }
#pragma warning disable CA1031 // Whatever the reason, a restore decides.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
