using System.Diagnostics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>
/// Steps with actors against the same steps by the bare kernels, round by round: in each the same run is done by both, from its
/// start, and must end with the same bits.
/// </summary>
internal sealed class StepBench(Func<int, RunSpec> specs, Dataset<float> data, Action<string> progress) : IAsyncDisposable
{
    private readonly Dictionary<int, EmbeddedSilo> _silos = [];

    /// <summary>What is measured: a model, its spread, and which of its steps.</summary>
    /// <param name="Experts">Number of experts.</param>
    /// <param name="Minibatch">Samples of a step; 0 is the full batch.</param>
    /// <param name="Threads">Compute threads.</param>
    /// <param name="Shards">Shards.</param>
    public readonly record struct Case(int Experts, int Minibatch, int Threads, int Shards);

    /// <summary>The first step that is measured where routing is even: those before are slower than those that follow.</summary>
    public const int FirstStep = 8;

    /// <summary>Steps from it that route by noise alone, or nearly.</summary>
    public const int Steps = 20;

    // From step 120 on the mixture has specialised.
    private static readonly (string Routing, int First, int Count)[] s_windows = [("even", FirstStep, Steps), ("concentrated", 120, 40)];

    /// <summary>Measures.</summary>
    /// <param name="cases">What.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="concentrated">Whether steps are measured after specialisation too.</param>
    public async Task<IReadOnlyList<StepRow>> Measure(IReadOnlyList<Case> cases, int rounds, bool concentrated)
    {
        var windows = s_windows[..(concentrated ? 2 : 1)];
        var steps = windows[^1].First + windows[^1].Count;
        var times = cases.Select(_ => windows.Select(_ => (Actors: new List<double>(), Bare: new List<double>(), Ratio: new List<double>())).ToArray()).ToArray();
        // The first round is for the compiler.
        for (var round = -1; round < rounds; round++)
        {
            for (var c = 0; c < cases.Count; c++)
            {
                progress($"steps: {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}, {cases[c].Experts} experts, {cases[c].Shards} shards, {cases[c].Threads} threads");
                var (run, deployment) = Run(cases[c], steps);
                var (bare, bareHash) = Bare(run, cases[c].Threads);
                var (actors, hash) = await Actors(run, deployment);
                if (hash != bareHash) throw new InvalidOperationException($"The bare kernels gave other bits than the actors: {bareHash}, not {hash}; {cases[c]}.");
                if (round < 0) continue;
                for (var w = 0; w < windows.Length; w++)
                {
                    var (with, without) = (Median(actors, windows[w].First, windows[w].Count), Median(bare, windows[w].First, windows[w].Count));
                    times[c][w].Actors.Add(with);
                    times[c][w].Bare.Add(without);
                    times[c][w].Ratio.Add(with / without);
                }
            }
        }

        return [.. cases.SelectMany((it, c) => windows.Select((window, w) => new StepRow(
            specs(it.Experts).Model.Expert, it.Experts, it.Minibatch == 0 ? data.Train.Count : it.Minibatch, it.Threads, it.Shards, window.Routing,
            Spread.Of(times[c][w].Actors), Spread.Of(times[c][w].Bare), Spread.Of(times[c][w].Ratio))))];
    }

    /// <summary>The agreed order of sums against any order, by the bare kernels.</summary>
    /// <param name="experts">Numbers of experts.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="rounds">How often.</param>
    public IReadOnlyList<DeterminismRow> Determinism(IReadOnlyList<int> experts, int threads, int rounds)
    {
        var rows = new List<DeterminismRow>();
        foreach (var count in experts)
        {
            progress($"determinism: {rounds} rounds, {count} experts");
            var (run, _) = Run(new Case(count, specs(count).Training.Minibatch, threads, 1), FirstStep + Steps);
            var (tree, any, price) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                var ordered = Median(Bare(run, threads).Milliseconds, FirstStep, Steps);
                var unordered = Median(Bare(run, threads, false).Milliseconds, FirstStep, Steps);
                if (round < 0) continue;
                tree.Add(ordered);
                any.Add(unordered);
                price.Add(ordered / unordered);
            }

            rows.Add(new DeterminismRow(count, threads, Spread.Of(tree), Spread.Of(any), Spread.Of(price)));
        }

        return rows;
    }

    /// <summary>What a steady-state step allocates: the difference of a longer and a shorter run.</summary>
    /// <param name="cases">What.</param>
    public async Task<IReadOnlyList<MemoryRow>> Memory(IReadOnlyList<Case> cases)
    {
        var rows = new List<MemoryRow>();
        foreach (var it in cases)
        {
            progress($"memory: {it.Experts} experts, {it.Shards} shards");
            const int Short = 100;
            const int Long = 500;
            await Allocated(it, Short);
            var few = await Allocated(it, Short);
            var many = await Allocated(it, Long);
            rows.Add(new MemoryRow(
                it.Experts, it.Shards, it.Threads, (many - few) / 1024.0 / (Long - Short), Environment.WorkingSet / 1048576.0, DatasetBytes() / 1048576.0));
        }

        return rows;
    }

    /// <summary>Stops the silos.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.Values) await silo.DisposeAsync();
    }

    private async Task<long> Allocated(Case it, int steps)
    {
        var (run, deployment) = Run(it, steps);
        var before = GC.GetTotalAllocatedBytes(true);
        await Actors(run, deployment);
        return GC.GetTotalAllocatedBytes(true) - before;
    }

    private double DatasetBytes() => new[] { data.Train, data.Test }.Sum(set =>
        (double)sizeof(float) * (set.Inputs.Length + set.PatchSums.Length + set.Labels.Length + set.Cluster.Length));

    private (RunSpec Spec, Deployment Deployment) Run(Case it, int steps)
    {
        var spec = specs(it.Experts);
        var training = spec.Training with { Steps = steps, Minibatch = it.Minibatch, Stop = spec.Training.Stop with { Enabled = false } };
        return (spec with { Training = training }, new Deployment(1, it.Shards, it.Threads, DispatchMode.Reference));
    }

    private (double[] Milliseconds, string Hash) Bare(RunSpec run, int threads, bool ordered = true)
    {
        using var bare = new BareStep(run, data, threads, ordered);
        var milliseconds = new double[run.Training.Steps];
        for (var step = 0; step < milliseconds.Length; step++)
        {
            var start = Stopwatch.GetTimestamp();
            bare.Do(step);
            milliseconds[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return (milliseconds, bare.Weights.Sha256());
    }

    private async Task<(double[] Milliseconds, string Hash)> Actors(RunSpec run, Deployment deployment)
    {
        if (!_silos.TryGetValue(deployment.Threads, out var silo)) _silos[deployment.Threads] = silo = await EmbeddedSilo.Start(deployment.Threads, false);
        return await BenchRun.Do(silo.Grains, run, deployment);
    }

    private static double Median(double[] milliseconds, int first, int count) => Spread.Of(milliseconds.Skip(first).Take(count)).Median;
}
