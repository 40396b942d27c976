using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>Experts and routers in memory: they reply with the losses that a test asks for, and record every call.</summary>
internal sealed class FakeTrainingGrains(RunSpec spec) : IStepGrains, IConclusionGrains, IRecoveryGrains
{
    /// <summary>What happened, in order.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Theta of each step that began.</summary>
    public Dictionary<long, WireTensor<float>> Thetas { get; } = [];

    public Dictionary<long, int[]?> Dispatched { get; } = [];

    public FakeTimeProvider Time { get; } = new();

    public RunTelemetry Telemetry => new(new RunFacts("run", 8, Shards: 1, TracedShare: 0), new TelemetryOptions("silo", 8), () => RunPhase.Training, () => new RunAssignment("run", 0, [], []), Time);

    public Func<long, double> Loss { get; set; } = step => 10 - step;

    /// <summary>Called before a commit ends.</summary>
    public Action<long> OnCommit { get; set; } = _ => { };

    public Func<string, Exception?> Fail { get; set; } = _ => null;

    public bool AreChanging { get; set; }

    public IReadOnlyList<int> Threads { get; set; } = [2, 1];

    public Task MoveIfDue(long generation, long version, long? best, CancellationToken aborted) => Done(AreChanging ? $"move at {version}, best {best}" : null);

    public void CompleteMoves()
    {
    }

    public IStepInProgress Begin(long step, int samples, long generation, RoutedWith with, CancellationToken aborted)
    {
        Events.Add($"begin {step}");
        Thetas[step] = with.Theta;
        Dispatched[step] = with.Dispatched?.Span.ToArray();
        return new Step(this, step, samples, Reply(step, samples));
    }

    public async Task<ImmutableArray<WireTensor<float>>> Read(long generation, long version)
    {
        await Done($"read {version}");
        return Weights(version);
    }

    public async Task<ImmutableArray<WireTensor<float>>> ReadBest(long generation, long version)
    {
        await Done($"read best {version}");
        return Weights(-version);
    }

    public int Routers { get; set; } = 1;

    public async Task<EvaluateReply> Classify(int router, TestSamples samples)
    {
        var (of, size) = samples.Set == SampleSet.Test ? ("", spec.Data.Test) : ("validation: ", spec.Data.Validation);
        var piece = samples.First == 0 && samples.Count == size ? "" : $" from {samples.First} on {samples.Count} by {router}";
        await Done($"{of}{samples.Purpose} {samples.Version}{piece}");
        // A fifth of the samples by noise, a third without.
        return new EvaluateReply(samples.Count, samples.Count / (samples.Purpose == RoutePurpose.Evaluate ? 5 : 3), samples.WithLosses ? new([.. Enumerable.Repeat(EvaluationLoss(samples.Version), samples.Count)]) : null);
    }

    /// <summary>Loss of every sample in an evaluation of a version.</summary>
    public Func<long, double> EvaluationLoss { get; set; } = version => 20 - version;

    public Task RestoreLost(EvaluatedWeights weights) =>
        Done($"restore at {weights.Version}{(weights.Best is null ? "" : $", best {weights.BestVersion}")} in {weights.Generation}");

    public string Name(int router) => $"shard {router}";

    /// <summary>The silos that were lost before the run is placed.</summary>
    public Func<string?> Lost { get; set; } = () => null;

    public async Task<string?> Place(CancellationToken aborted)
    {
        await Done("place");
        return Lost();
    }

    public async Task<(long Generation, IReadOnlyList<string> Silos)> TakeOver(long knownGeneration, CancellationToken aborted)
    {
        await Done($"take over from {knownGeneration}");
        return (knownGeneration + 1, ["Silo_0"]);
    }

    public Task MoveBack(long generation, IReadOnlyList<string> silos) => Done($"move back in {generation}");

    /// <summary>The same number in every weight of every expert.</summary>
    public ImmutableArray<WireTensor<float>> Weights(double value)
    {
        var weights = new float[ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches).Length];
        Array.Fill(weights, (float)value);
        return [.. Enumerable.Repeat(new WireTensor<float>(weights), spec.Model.Experts)];
    }

    private async Task Done(string? what)
    {
        if (what is null) return;
        // Pieces of an evaluation are under way at the same time.
        lock (Events) Events.Add(what);
        await Task.Yield();
        if (Fail(what) is { } failure) throw failure;
    }

    private RouteReply Reply(long step, int samples)
    {
        var blocks = ShardCut.Blocks(samples, spec.Training.Block);
        var losses = new double[blocks];
        losses[0] = Loss(step) * samples;
        var nodes = ReductionTree.Cover(new BlockRange(0, blocks), blocks);
        // A gradient that differs from step to step, so that every update shows.
        var sums = new float[nodes.Count * RouterGradientLayout.Of(spec, spec.Data.Dim).Length];
        Array.Fill(sums, step + 1);
        var counts = new int[spec.Data.Clusters * spec.Model.Experts];
        counts[0] = samples;
        return new RouteReply([], new(counts), 7, new(losses), new([.. nodes.SelectMany(node => new[] { node.Level, node.Index })]), new(sums), 3, 2, []);
    }

    private sealed class Step(FakeTrainingGrains grains, long step, int samples, RouteReply reply) : IStepInProgress
    {
        public IReadOnlyList<RouteReply> Replies => [reply];

        public StepTimeline Timeline { get; } = new(grains.Time, step, shards: 1, experts: 8, span: null);

        public double SquaredGradients => 4;

        public StepCounts Counts => new(step, 0, 1, 0, 8);

        public Task Routed() => grains.Done($"routed {step} of {samples}");

        public async Task Commit(bool snapshotBest)
        {
            await grains.Done($"commit {step}{(snapshotBest ? " as best" : "")}");
            grains.Time.Advance(TimeSpan.FromMilliseconds(7));
            grains.OnCommit(step);
            grains.Events.Add($"committed {step}");
        }

        public void Abandon() => grains.Events.Add($"abandon {step}");
    }
}
