using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>
/// Measures runs with next to no arithmetic on one and on two silo processes, and fits what grains and messages cost to the CPU time of
/// each silo.
/// </summary>
/// <param name="kernels">The costs of kernels, which are taken off.</param>
/// <param name="progress">Receives a line before each measurement.</param>
internal sealed class ActorFit(MachineConstants kernels, Action<string> progress)
{
    private static readonly string[] s_tiny = ["data.train=256", "data.test=16", "data.dim=8", "data.patches=3", "model.filters=1", "training.block=64"];

    private static readonly Case[] s_cases =
    [
        new(1, 1, DispatchMode.Reference, ["model.experts=8"]),
        new(1, 1, DispatchMode.Reference, ["model.experts=64"]),
        new(1, 4, DispatchMode.Reference, ["model.experts=8"]),
        new(2, 1, DispatchMode.Reference, ["model.experts=8"]),
        new(2, 1, DispatchMode.Reference, ["model.experts=64"]),
        new(2, 2, DispatchMode.Reference, ["model.experts=16"]),
        new(2, 1, DispatchMode.Payload, ["model.experts=8", "data.dim=256", "data.patches=8"]),
        new(2, 2, DispatchMode.Payload, ["model.experts=8", "data.dim=64"]),
    ];

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1.5);

    private readonly List<Measured> _measured = [];
    private double _idle;
    private double _megabytes;

    /// <summary>Measures and fits.</summary>
    /// <param name="rounds">Rounds of each case.</param>
    public async Task<ActorConstants> Measure(int rounds)
    {
        foreach (var silos in s_cases.GroupBy(it => it.Silos)) await Measure(silos.Key, [.. silos], rounds);
        var rows = _measured.SelectMany(Rows).ToArray();
        var costs = LeastSquares.Fit([.. rows.Select(row => row.Counts)], [.. rows.Select(row => row.Microseconds)]);
        progress("constants: traffic of an idle cluster");
        var fitted = new ActorConstants(costs[0], costs[1], costs[2], costs[3], costs[4], costs[5], costs[6], costs[7], 0, _idle, _megabytes, await IdleTraffic());
        return fitted with { RoundTrip = RoundTrip(fitted) };
    }

    private async Task Measure(int silos, Case[] cases, int rounds)
    {
        progress($"constants: starting {silos} silo{(silos == 1 ? "" : "s")}");
        await using var cluster = await SiloMeter.Start(silos, threads: 1);
        foreach (var it in cases)
        {
            progress($"constants: warm-up, {it.Deployment}");
            await cluster.WarmUp(it.Spec, it.Deployment, s_warmUp);
        }

        var best = new Dictionary<Case, MeasuredStep>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var it in cases)
            {
                progress($"constants: round {round + 1} of {rounds}, {string.Join(", ", it.Changes)}, {it.Deployment}");
                var measured = await cluster.Measure(it.Spec, it.Deployment, (100, 1100));
                // In other rounds other programs were at work.
                if (!best.TryGetValue(it, out var before) || measured.CpuMicroseconds.Sum() < before.CpuMicroseconds.Sum()) best[it] = measured;
            }
        }

        _measured.AddRange(best.Select(it => new Measured(it.Key, it.Value)));
        _megabytes = cluster.ResidentMegabytes();
        _idle = await cluster.IdleShare(windows: 15);
    }

    /// <summary>Counts and CPU time of each silo, without kernels and without what a silo does all the time.</summary>
    private IEnumerable<(double[] Counts, double Microseconds)> Rows(Measured it)
    {
        var traffic = StepTraffic.Of(it.Step);
        var planned = SiloCpu.Of(it.Step, traffic, kernels);
        for (var silo = 0; silo < it.Case.Silos; silo++)
        {
            var own = traffic.Silos[silo];
            var shards = it.Step.SiloOfRouter.Count(at => at == silo);
            yield return (
                [silo == 0 ? 1 : 0, shards, own.LocalCalls, own.CallsMade, own.CallsServed, own.Peers, own.SentBytes / 1e3, own.ReceivedBytes / 1e3],
                Math.Max(1, it.Values.CpuMicroseconds[silo] - planned[silo].Total - (_idle * it.Values.MeanMicroseconds)));
        }
    }

    /// <summary>What the path of CPU time leaves of the wall time.</summary>
    private double RoundTrip(ActorConstants fitted)
    {
        var machine = kernels with { Actors = fitted };
        var references = _measured.Where(it => it.Case is { Silos: 2, Shards: 1, Mode: DispatchMode.Reference });
        return Math.Max(0, Spread.Of(references.Select(it =>
        {
            var traffic = StepTraffic.Of(it.Step);
            var path = CriticalPath.Of(it.Step, SiloCpu.Of(it.Step, traffic, machine), traffic, fitted, cores: 1, network: null);
            return (it.Values.MedianMicroseconds - path.Microseconds) / 2;
        })).Median);
    }

    private static async Task<double> IdleTraffic()
    {
        const int Silos = 3;
        const int Seconds = 10;
        await using var cluster = await CountedCluster.Start(Silos, threads: 1);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var before = cluster.Traffic.Sum(silo => silo.Sent);
        await Task.Delay(TimeSpan.FromSeconds(Seconds));
        return (cluster.Traffic.Sum(silo => silo.Sent) - before) / (double)(Silos * (Silos - 1) * Seconds);
    }

    private sealed record Measured(Case Case, MeasuredStep Values)
    {
        public PlannedStep Step { get; } = new(Case.Spec, Case.Deployment, [.. Values.Loads]);
    }

    private sealed record Case(int Silos, int Shards, DispatchMode Mode, string[] Changes)
    {
        public Deployment Deployment => new(Silos, Shards, 1, Mode);

        public RunSpec Spec
        {
            get
            {
                var builder = new SpecificationBuilder();
                foreach (var change in (IEnumerable<string>)[.. s_tiny, .. Changes]) builder.Set(change);
                return builder.Build();
            }
        }
    }
}
