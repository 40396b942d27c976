using System.Collections.Immutable;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench.Planning;

/// <summary>The plan of a run. Scripts rely on its JSON form.</summary>
/// <param name="SpecHash">The specification.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="Parameters">Weights of an expert.</param>
/// <param name="Samples">Samples of a step.</param>
/// <param name="Blocks">Blocks of a step.</param>
/// <param name="Steps">Steps of the run.</param>
/// <param name="Cluster">Where it is trained.</param>
/// <param name="Constants">The machine that was measured.</param>
/// <param name="Source">Where the constants are from.</param>
/// <param name="Plans">With even routing, and with the imbalance asked for.</param>
/// <param name="Assumptions">What must hold for the plan to hold.</param>
internal sealed record PlanResult(
    string SpecHash, int Experts, int Parameters, int Samples, int Blocks, int Steps, PlannedCluster Cluster, ConstantsSource Constants, string Source,
    ImmutableArray<StepPlan> Plans, ImmutableArray<string> Assumptions)
{
    /// <summary>Plans a run.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="cluster">Where it is trained.</param>
    /// <param name="imbalance">Samples of the busiest expert over the mean; null for even routing alone.</param>
    /// <param name="machine">The machine's constants.</param>
    /// <param name="source">Where they are from.</param>
    public static PlanResult Of(RunSpec spec, PlannedCluster cluster, double? imbalance, MachineConstants machine, string source)
    {
        var even = ExpertLoads.Of(spec.Model.Experts, 1);
        var step = new PlannedStep(spec, cluster.Deployment, even);
        ImmutableArray<StepPlan> plans = [StepPlan.Of(spec, cluster, even, machine)];
        if (imbalance is { } busiest) plans = plans.Add(StepPlan.Of(spec, cluster, ExpertLoads.Of(spec.Model.Experts, busiest), machine));
        return new PlanResult(
            Compute.Specification.SpecHash.Of(spec), spec.Model.Experts, step.Parameters, step.Samples, step.Blocks, spec.Training.Steps, cluster,
            new ConstantsSource(machine.Version, machine.Date, machine.Machine), source, plans, [.. Assumed(spec, cluster, machine)]);
    }

    private static IEnumerable<string> Assumed(RunSpec spec, PlannedCluster cluster, MachineConstants machine)
    {
        yield return "every silo has cores like those of the measured machine, for itself alone";
        yield return cluster.Network is null ? "all silos are processes of one machine" : "the network has the bandwidth and latency given, and no other traffic";
        yield return "routing stays as planned, samples choose their experts independently, and the busiest expert is expert 0";
        yield return "the coordinator is on silo-1; no silo joins, leaves or fails; steps are neither traced nor recorded";
        yield return "start, final evaluation and fetching the weights are not counted in times and bytes";
        if (machine.Experts.All(kind => kind.Kind != spec.Model.Expert))
            yield return $"experts of kind {spec.Model.Expert} were not measured: their speed is that of {SiloCpu.ExpertCosts(spec.Model, machine).Kind}";
        if (cluster.Deployment.Silos > MeasuredSilos) yield return $"more than {MeasuredSilos} silos were never measured";
    }

    /// <summary>The largest number of silos that a plan was compared with (docs/results.md).</summary>
    private const int MeasuredSilos = 5;
}

/// <summary>Where constants are from.</summary>
/// <param name="Version">The program that measured, with its commit.</param>
/// <param name="Date">When.</param>
/// <param name="Machine">The machine.</param>
internal sealed record ConstantsSource(string Version, DateOnly Date, MachineRow Machine);
