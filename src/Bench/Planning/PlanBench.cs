using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>
/// Compares plans with real runs, of specifications that no constant was fitted to: bytes on silos of this process that count them, CPU
/// time on silo processes, wall time on silo processes that have a core each.
/// </summary>
/// <param name="machine">The constants to plan with.</param>
/// <param name="progress">Receives a line before each measurement.</param>
internal sealed class PlanBench(MachineConstants machine, Action<string> progress)
{
    private static readonly int[] s_silos = [1, 2, 3, 5];

    private static readonly (string Name, string[] Changes)[] s_specifications =
    [
        ("paper's experts, full batch", ["data.test=256"]),
        ("MLPs, minibatch", ["model.expert=mlp", "data.patches=4", "data.dim=196", "data.train=8192", "data.test=256", "model.hidden=256", "training.minibatch=2048", "training.block=256"]),
        ("128 experts", ["model.experts=128", "data.test=256", "training.minibatch=8192"]),
        ("small minibatch", ["model.experts=16", "model.activation=celu", "data.test=256", "training.minibatch=1024"]),
    ];

    /// <param name="rounds">Rounds of each measurement of time.</param>
    public async Task<IReadOnlyList<PlanRow>> Measure(int rounds)
    {
        var rows = new List<PlanRow>();
        foreach (var silos in s_silos)
        {
            progress($"plan: bytes on {silos} silo{(silos == 1 ? "" : "s")}");
            var cases = Cases(silos).ToArray();
            var traffic = await Traffic(silos, cases);
            progress($"plan: times on {silos} silo processes");
            await using var cluster = await SiloMeter.Start(silos, threads: 1);
            // With more silos than cores there is no wall time to expect.
            var isPinned = silos <= Environment.ProcessorCount && cluster.Processes.Index().All(silo => PinnedProcess.Bind(silo.Item, silo.Index));
            foreach (var (it, bytes) in cases.Zip(traffic))
            {
                progress($"plan: {it.Name} on {silos}, {it.Deployment.Shards} shards, by {it.Deployment.Dispatch}");
                rows.Add(await Compare(it, bytes, cluster, isPinned, rounds));
            }
        }

        return rows;
    }

    private static IEnumerable<Case> Cases(int silos)
    {
        foreach (var (name, changes) in s_specifications)
        {
            var builder = new SpecificationBuilder();
            foreach (var change in changes) builder.Set(change);
            var spec = builder.Build();
            yield return new Case(name, spec, new Deployment(silos, 1, 1, DispatchMode.Reference));
            if (silos == 1) continue;
            yield return new Case(name, spec, new Deployment(silos, Deployment.DefaultShards(spec, silos, 1, DispatchMode.Payload), 1, DispatchMode.Payload));
        }
    }

    private static async Task<IReadOnlyList<MeasuredTraffic?>> Traffic(int silos, IReadOnlyList<Case> cases)
    {
        if (silos == 1) return [.. cases.Select(_ => (MeasuredTraffic?)null)];
        await using var cluster = await CountedCluster.Start(silos, threads: 1);
        var measured = new List<MeasuredTraffic?>();
        foreach (var it in cases)
        {
            // Enough steps that the bytes of a run's start and end, which vary, do not count.
            var step = StepTraffic.Of(new PlannedStep(it.Spec, it.Deployment, ExpertLoads.Of(it.Spec.Model.Experts, 1))).Silos.Sum(silo => silo.SentBytes);
            measured.Add(await cluster.Measure(it.Spec, it.Deployment, (10, 10 + (int)Math.Clamp(2e7 / step, 20, 400))));
        }

        return measured;
    }

    private async Task<PlanRow> Compare(Case it, MeasuredTraffic? traffic, SiloMeter cluster, bool isPinned, int rounds)
    {
        await cluster.WarmUp(it.Spec, it.Deployment, TimeSpan.FromSeconds(3));
        var probe = await cluster.Measure(it.Spec, it.Deployment, (10, 30));
        // About two seconds: the system counts CPU time of other processes in hundredths.
        var many = 20 + (int)Math.Clamp(2e6 / probe.MeanMicroseconds, 20, 2000);
        var (cpu, wall) = (new List<double>(), new List<double>());
        StepPlan? plan = null;
        for (var round = 0; round < rounds; round++)
        {
            var measured = await cluster.Measure(it.Spec, it.Deployment, (20, many));
            plan = StepPlan.Of(it.Spec, new PlannedCluster(it.Deployment, Cores: 1, Network: null), [.. measured.Loads], machine);
            cpu.Add(plan.CpuMilliseconds * 1e3 / Math.Max(1, measured.CpuMicroseconds.Sum()));
            wall.Add(plan.StepMilliseconds * 1e3 / measured.MedianMicroseconds);
        }

        var planned = traffic is null ? 0 : PlannedBytes.Of(it.Spec, it.Deployment, traffic, machine.Actors).Sum(silo => silo.Sent);
        var sent = traffic?.Silos.Sum(silo => silo.Sent) ?? 0;
        return new PlanRow(
            it.Name, it.Deployment.Silos, it.Deployment.Shards, it.Deployment.Dispatch.ToString().ToLowerInvariant(),
            planned / 1e3, traffic is null ? null : planned / sent, plan!.CpuMilliseconds, Spread.Of(cpu), plan.StepMilliseconds, isPinned ? Spread.Of(wall) : null);
    }

    private sealed record Case(string Name, RunSpec Spec, Deployment Deployment);
}
