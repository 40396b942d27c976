using MoeOrleans.Bench.Planning;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Tests.Planning;

/// <summary>Times and memory of a plan, with costs that make the sums easy to follow.</summary>
public sealed class StepPlanTests
{
    // 16 x 50 weights and 16 biases; 12,800 operations and 64 activations a sample.
    private static readonly RunSpec s_spec = Planned.Spec("data.train=16000");

    [Fact]
    public void Operations_are_spread_over_silos_and_threads()
    {
        var machine = Planned.Free with { Experts = [Planned.Free.Experts[0] with { PerOperation = 0.01 }] };

        var one = Planned.Plan(s_spec, Cluster(1, 1), machine);
        var four = Planned.Plan(s_spec, Cluster(2, 2), machine);

        one.CpuMilliseconds.ShouldBe(16_000 * 12_800 * 0.01 / 1e6, 1e-9);
        one.StepMilliseconds.ShouldBe(one.CpuMilliseconds, 1e-9);
        four.CpuMilliseconds.ShouldBe(one.CpuMilliseconds, 1e-9);
        four.StepMilliseconds.ShouldBe(one.CpuMilliseconds / 4, 1e-9);
        four.Path[0].Name.ShouldBe("experts");
    }

    [Fact]
    public void Threads_without_cores_do_not_help()
    {
        var machine = Planned.Free with { Experts = [Planned.Free.Experts[0] with { PerOperation = 0.01 }] };

        Planned.Plan(s_spec, Cluster(1, 4) with { Cores = 1 }, machine).StepMilliseconds.ShouldBe(Planned.Plan(s_spec, Cluster(1, 1), machine).StepMilliseconds, 1e-9);
    }

    [Fact]
    public void The_silo_of_the_busiest_expert_decides_the_step()
    {
        var machine = Planned.Free with { Experts = [Planned.Free.Experts[0] with { PerSample = 1 }] };

        var skewed = Planned.Plan(s_spec, Cluster(2, 1), machine, imbalance: 4);

        // Expert 0 has half of the samples, and three of the seven others are on its silo.
        skewed.StepMilliseconds.ShouldBe(16_000 * (0.5 + (0.5 * 3 / 7)) / 1e6, 1e-9);
        skewed.Path.Single().Silo.ShouldBe(0);
        skewed.Imbalance.ShouldBe(4, 1e-9);
    }

    [Fact]
    public void Latency_and_bandwidth_count_between_machines()
    {
        var near = Planned.Plan(s_spec, Cluster(2, 1), Planned.Free);
        var far = Planned.Plan(s_spec, Cluster(2, 1) with { Network = new NetworkLink(1, 500) }, Planned.Free);

        near.StepMilliseconds.ShouldBe(0);
        // Dispatches and commits, there and back; and the busiest link at 125 bytes a microsecond.
        var link = Math.Max(far.Silos[0].SentBytes, far.Silos[0].ReceivedBytes);
        far.StepMilliseconds.ShouldBe((2 * 2 * 0.5) + (link / 125e3), 1e-9);
        far.Path[0].Name.ShouldBe("latency");
    }

    [Fact]
    public void A_thousand_experts_on_a_hundred_machines_are_planned_in_seconds()
    {
        var spec = Planned.Spec("model.experts=1000", "training.minibatch=0");

        var plan = Planned.Plan(spec, new PlannedCluster(new Deployment(100, 8, 4, DispatchMode.Reference), 4, new NetworkLink(10, 50)), ConstantsFile.BuiltIn);

        plan.Silos.Length.ShouldBe(100);
        plan.Silos.Sum(silo => silo.Experts).ShouldBe(1000);
        plan.StepMilliseconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Memory_counts_what_a_silo_holds()
    {
        var spec = Planned.Spec("data.train=16000", "data.test=1000", "training.keepBest=true", "training.expert.method=adam");

        var silo = Planned.Plan(spec, Cluster(2, 1, DispatchMode.Payload), Planned.Free).Silos[1].Memory;

        // By payload a silo without a router has no data set. Weights, two moments and the best weights of four experts.
        silo.Data.ShouldBe(0);
        silo.Experts.ShouldBe(4 * 4 * 4 * 816);
        // Half of the samples, of this step and of the next.
        silo.Samples.ShouldBe(2 * 8000 * (4 + 800), 1);
        silo.Run.ShouldBe(0);
    }

    private static PlannedCluster Cluster(int silos, int threads, DispatchMode mode = DispatchMode.Reference) =>
        new(new Deployment(silos, 1, threads, mode), threads, Network: null);
}
