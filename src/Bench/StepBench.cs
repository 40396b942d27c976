using System.Diagnostics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>
/// Measures steps with actors against the same steps by the bare kernels. In each round both do the same run from its start, and
/// both must end with the same bits.
/// </summary>
internal sealed class StepBench(Func<int, RunSpec> specs, Dataset<float> data, Action<string> progress) : IAsyncDisposable
{
    private readonly Dictionary<int, EmbeddedSilo> _silos = [];

    /// <summary>A model and how it is spread.</summary>
    /// <param name="Experts">Number of experts.</param>
    /// <param name="Minibatch">Samples of a step; 0 is the full batch.</param>
    /// <param name="Threads">Compute threads.</param>
    /// <param name="Shards">Number of shards.</param>
    public readonly record struct Case(int Experts, int Minibatch, int Threads, int Shards);

    /// <summary>The first step that is measured; the steps before it are slower.</summary>
    public const int FirstStep = 8;

    /// <summary>Steps from <see cref="FirstStep"/> in which noise decides nearly all routing, so that experts are evenly used.</summary>
    public const int Steps = 20;

    // From step 120 on the mixture has specialised.
    private static readonly (string Routing, int First, int Count)[] s_windows = [("even", FirstStep, Steps), ("concentrated", 120, 40)];

    /// <param name="cases">What to measure.</param>
    /// <param name="rounds">Number of rounds.</param>
    /// <param name="concentrated">Whether to measure steps after specialisation too.</param>
    public async Task<IReadOnlyList<StepRow>> Measure(IReadOnlyList<Case> cases, int rounds, bool concentrated)
    {
        var windows = s_windows[..(concentrated ? 2 : 1)];
        var steps = windows[^1].First + windows[^1].Count;
        var times = cases.Select(_ => windows.Select(_ => (Actors: new List<double>(), Bare: new List<double>(), Ratio: new List<double>())).ToArray()).ToArray();
        // The JIT compiles in the warm-up round.
        for (var round = -1; round < rounds; round++)
        {
            for (var c = 0; c < cases.Count; c++)
            {
                progress($"steps: {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}, {cases[c].Experts} experts, {Shards(cases[c].Shards)}, {cases[c].Threads} threads");
                var (run, deployment) = Plan(cases[c], steps);
                var (bare, bareHash) = RunBare(run, cases[c].Threads);
                var (actors, hash) = await RunActors(run, deployment);
                if (hash != bareHash) throw new InvalidOperationException($"The bare kernels and the actors gave different weights: SHA-256 {bareHash} and {hash}, for {cases[c]}.");
                if (round < 0) continue;
                for (var w = 0; w < windows.Length; w++)
                {
                    var actorsMedian = Median(actors, windows[w].First, windows[w].Count);
                    var bareMedian = Median(bare, windows[w].First, windows[w].Count);
                    times[c][w].Actors.Add(actorsMedian);
                    times[c][w].Bare.Add(bareMedian);
                    times[c][w].Ratio.Add(actorsMedian / bareMedian);
                }
            }
        }

        return [.. cases.SelectMany((it, c) => windows.Select((window, w) => new StepRow(
            specs(it.Experts).Model.Expert, it.Experts, it.Minibatch == 0 ? data.Train.Count : it.Minibatch, it.Threads, it.Shards, window.Routing,
            Spread.Of(times[c][w].Actors), Spread.Of(times[c][w].Bare), Spread.Of(times[c][w].Ratio))))];
    }

    /// <summary>Measures what the fixed order of sums costs: the bare kernels with it, against the bare kernels with sums in any order.</summary>
    public IReadOnlyList<DeterminismRow> MeasureDeterminism(IReadOnlyList<int> experts, int threads, int rounds)
    {
        var rows = new List<DeterminismRow>();
        foreach (var count in experts)
        {
            progress($"determinism: {rounds} rounds, {count} experts");
            var (run, _) = Plan(new Case(count, specs(count).Training.Minibatch, threads, 1), FirstStep + Steps);
            var tree = new List<double>();
            var any = new List<double>();
            var price = new List<double>();
            for (var round = -1; round < rounds; round++)
            {
                var ordered = Median(RunBare(run, threads).Milliseconds, FirstStep, Steps);
                var unordered = Median(RunBare(run, threads, false).Milliseconds, FirstStep, Steps);
                if (round < 0) continue;
                tree.Add(ordered);
                any.Add(unordered);
                price.Add(ordered / unordered);
            }

            rows.Add(new DeterminismRow(count, threads, Spread.Of(tree), Spread.Of(any), Spread.Of(price)));
        }

        return rows;
    }

    /// <summary>Measures what a steady-state step allocates: the difference of a longer and a shorter run.</summary>
    public async Task<IReadOnlyList<MemoryRow>> MeasureMemory(IReadOnlyList<Case> cases)
    {
        var rows = new List<MemoryRow>();
        foreach (var it in cases)
        {
            progress($"memory: {it.Experts} experts, {Shards(it.Shards)}");
            const int Short = 100;
            const int Long = 500;
            await MeasureAllocation(it, Short);
            var few = await MeasureAllocation(it, Short);
            var many = await MeasureAllocation(it, Long);
            rows.Add(new MemoryRow(
                it.Experts, it.Shards, it.Threads, (many - few) / 1024.0 / (Long - Short), Environment.WorkingSet / 1048576.0, DatasetBytes() / 1048576.0));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.Values) await silo.DisposeAsync();
    }

    private async Task<long> MeasureAllocation(Case it, int steps)
    {
        var (run, deployment) = Plan(it, steps);
        var before = GC.GetTotalAllocatedBytes(true);
        await RunActors(run, deployment);
        return GC.GetTotalAllocatedBytes(true) - before;
    }

    private double DatasetBytes() => new[] { data.Train, data.Test }.Sum(set =>
        (double)sizeof(float) * (set.Inputs.Length + set.PatchSums.Length + set.Labels.Length + set.Cluster.Length));

    private (RunSpec Spec, Deployment Deployment) Plan(Case it, int steps)
    {
        var spec = specs(it.Experts);
        var training = spec.Training with { Steps = steps, Minibatch = it.Minibatch, Stop = spec.Training.Stop with { Enabled = false } };
        return (spec with { Training = training }, new Deployment(1, it.Shards, it.Threads, DispatchMode.Reference));
    }

    private (double[] Milliseconds, string Hash) RunBare(RunSpec run, int threads, bool ordered = true)
    {
        using var bare = new BaselineStep(run, data, threads, ordered);
        var milliseconds = new double[run.Training.Steps];
        for (var step = 0; step < milliseconds.Length; step++)
        {
            var start = Stopwatch.GetTimestamp();
            bare.Run(step);
            milliseconds[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return (milliseconds, bare.Weights.Sha256());
    }

    private async Task<(double[] Milliseconds, string Hash)> RunActors(RunSpec run, Deployment deployment)
    {
        if (!_silos.TryGetValue(deployment.Threads, out var silo)) _silos[deployment.Threads] = silo = await EmbeddedSilo.Start(deployment.Threads, false);
        return await BenchRun.Measure(silo.Grains, run, deployment);
    }

    private static double Median(double[] milliseconds, int first, int count) => Spread.Of(milliseconds.Skip(first).Take(count)).Median;

    private static string Shards(int count) => count == 1 ? "1 shard" : $"{count} shards";
}
