using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class SweepFindingsTests
{
    [Fact]
    public void Noise_is_told_by_where_it_goes()
    {
        var spec = Mixture("1");
        RoutingSpec[] noises = [spec.Routing with { Noise = NoiseKind.Off }, spec.Routing with { NoiseInArgmax = false }, spec.Routing with { NoiseInGate = false }, spec.Routing, spec.Routing with { NoiseInArgmax = false, NoiseInGate = false }];
        var points = ReproductionFindings.Of([.. noises.Select((routing, i) => Finished("noise", spec with { Routing = routing }, accuracy: 90 + i))]).Sweeps;
        points.Select(point => (point.Value, point.TestAccuracy.Mean, point.Runs)).ShouldBe([("argmax and gate", 93, 1), ("argmax alone", 92, 1), ("gate alone", 91, 1), ("neither", 92, 2)]);
        points.ShouldAllBe(point => point.Sweep == Sweep.Noise && point.Number == null);
    }

    [Fact]
    public void A_point_is_over_all_its_runs_and_points_ascend()
    {
        var points = ReproductionFindings.Of([
            Finished("experts", Experts(16, 1), 99, entropy: 0.3).With(run => run with { StepMillisecondsMedian = 4 }),
            Finished("experts", Experts(16, 2), 97, entropy: 0.1).With(run => run with { StepMillisecondsMedian = 6 }),
            Finished("experts", Experts(2, 1), 80),
        ]).Sweeps;
        points.Select(point => (point.Sweep, point.Value, point.Number)).ShouldBe([(Sweep.Experts, "2", 2), (Sweep.Experts, "16", 16)]);
        var sixteen = points[1];
        (sixteen.Runs, sixteen.TestAccuracy.Mean, sixteen.TestAccuracy.PopulationDeviation).ShouldBe((2, 98, 1));
        sixteen.DispatchEntropy.Mean.ShouldBe(0.2, 1e-12);
        (sixteen.Imbalance.Mean, sixteen.StepMilliseconds.Mean).ShouldBe((1.25, 5));

        static RunSpec Experts(int count, int seed) => Mixture("1", seed: seed) with { Model = Mixture("1").Model with { Experts = count } };
    }

    [Fact]
    public void Coefficients_and_clusters_are_sweeps_too()
    {
        var spec = Mixture("1");
        ReproductionFindings.Of([
            Finished("clusters", spec with { Data = spec.Data with { Clusters = 6 } }),
            Finished("load-balance", spec with { Routing = spec.Routing with { LoadBalance = 0.0001 } }),
        ]).Sweeps.Select(point => (point.Sweep, point.Value)).ShouldBe([(Sweep.LoadBalance, "0.0001"), (Sweep.Clusters, "6")]);
    }
}
