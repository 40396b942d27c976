using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>
/// Measures steps on several silos, each in a process, against the same steps in this process, round by round. All must end with the
/// same bits.
/// </summary>
/// <param name="spec">The run.</param>
/// <param name="threads">Compute threads of each process.</param>
/// <param name="progress">Receives a line before each measurement.</param>
internal sealed class SilosBench(RunSpec spec, int threads, Action<string> progress)
{
    private const int FirstStep = StepBench.FirstStep;
    private const int Steps = StepBench.Steps;
    private const int WarmUps = 4;

    private static readonly int[] s_silos = [2, 3];

    private RunSpec Run(int steps) => spec with { Training = spec.Training with { Steps = steps, Stop = spec.Training.Stop with { Enabled = false } } };

    public async Task<IReadOnlyList<SilosRow>> Measure(int rounds)
    {
        await using var embedded = await EmbeddedSilo.Start(threads, verbose: false);
        var clusters = new List<ChildCluster>();
        var clients = new List<ClusterClient>();
        try
        {
            var cases = new List<(IGrainFactory Grains, Deployment Deployment)> { (embedded.Grains, Spread(1, DispatchMode.Reference)) };
            foreach (var silos in s_silos)
            {
                progress($"silos: starting {silos}");
                clusters.Add(await ChildCluster.Start(silos, Spread(silos, DispatchMode.Reference).Threads, redis: null, TimeProvider.System, CancellationToken.None));
                clients.Add(await clusters[^1].Address.Connect());
                foreach (var mode in Enum.GetValues<DispatchMode>()) cases.Add((clients[^1].Grains, Spread(silos, mode)));
            }

            var times = cases.Select(_ => new List<double>()).ToArray();
            var hashes = new HashSet<string>();
            // Each process's JIT compiles in the warm-up rounds.
            for (var round = -WarmUps; round < rounds; round++)
            {
                progress($"silos: {(round < 0 ? "warm-up" : $"round {round + 1} of {rounds}")}");
                for (var c = 0; c < cases.Count; c++)
                {
                    var (milliseconds, hash) = await BenchRun.Measure(cases[c].Grains, Run(FirstStep + Steps), cases[c].Deployment);
                    hashes.Add(hash);
                    if (hashes.Count > 1) throw new InvalidOperationException($"The weights on {cases[c].Deployment} differ from those of the runs before.");
                    if (round >= 0) times[c].Add(Bench.Spread.Of(milliseconds.Skip(FirstStep)).Median);
                }
            }

            var rows = new List<SilosRow>();
            for (var c = 0; c < cases.Count; c++)
            {
                var deployment = cases[c].Deployment;
                rows.Add(new SilosRow(
                    deployment.Silos, deployment.Shards, deployment.Threads, deployment.Dispatch.ToString().ToLowerInvariant(),
                    deployment.Dispatch == DispatchMode.Reference ? await CallsPerStep(deployment.Shards) : null,
                    Bench.Spread.Of(times[c]), Bench.Spread.Of(times[c].Select((time, round) => time / times[0][round]))));
            }

            return rows;
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
            foreach (var cluster in clusters) await cluster.DisposeAsync();
        }
    }

    // The defaults of moe train.
    private Deployment Spread(int silos, DispatchMode mode) =>
        new(silos, Deployment.DefaultShards(spec, silos, machines: 1, mode), threads, mode);

    /// <summary>Counts the calls of a step: the difference of a longer and a shorter run. Placement does not change their number.</summary>
    private async Task<double> CallsPerStep(int shards)
    {
        var calls = new CallCount();
        await using var silo = await EmbeddedSilo.Start(threads, verbose: false, builder => builder.AddIncomingGrainCallFilter(calls));
        var few = await Count(FirstStep);
        return (await Count(FirstStep + Steps) - few) / (double)Steps;

        async Task<long> Count(int steps)
        {
            var before = calls.Now;
            await BenchRun.Measure(silo.Grains, Run(steps), new Deployment(1, shards, threads, DispatchMode.Reference));
            return calls.Now - before;
        }
    }

    private sealed class CallCount : IIncomingGrainCallFilter
    {
        private long _calls;

        public long Now => Volatile.Read(ref _calls);

        public Task Invoke(IIncomingGrainCallContext context)
        {
            // Calls between a run's grains, without those of its observers.
            if (context.Grain is IExpertGrain or IRouterGrain) Interlocked.Increment(ref _calls);
            return context.Invoke();
        }
    }
}
