using System.Collections.Immutable;
using MoeOrleans.Bench.Planning;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Tests.Planning;

/// <summary>Makes what the tests of plans need.</summary>
internal static class Planned
{
    /// <summary>Costs that make sums easy to follow: everything that is not named costs nothing.</summary>
    public static MachineConstants Free { get; } = new(
        MachineConstants.CurrentFormat, "test", new DateOnly(2026, 1, 1), new MachineRow("test", 1, 512, "", ""),
        [new ExpertConstants("cnn", 0, 0, 0, 0, ImmutableSortedDictionary<string, double>.Empty.Add("cubic", 0))],
        new RouterConstants(0, 0, 0, 0, 0, 0, 0), new OptimiserConstants(new([new RatePoint(1, 0)]), new([new RatePoint(1, 0)])),
        new ActorConstants(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

    public static RunSpec Spec(params string[] changes)
    {
        var builder = new SpecificationBuilder();
        foreach (var change in changes) builder.Set(change);
        return builder.Build();
    }

    public static PlannedStep Step(RunSpec spec, int silos, int shards, DispatchMode mode = DispatchMode.Reference, double imbalance = 1, int threads = 1) =>
        new(spec, new Deployment(silos, shards, threads, mode), ExpertLoads.Of(spec.Model.Experts, imbalance));

    public static StepPlan Plan(RunSpec spec, PlannedCluster cluster, MachineConstants machine, double imbalance = 1) =>
        StepPlan.Of(spec, cluster, ExpertLoads.Of(spec.Model.Experts, imbalance), machine);
}
