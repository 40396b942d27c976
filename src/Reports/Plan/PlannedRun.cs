using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Plan;

/// <summary>A run of the plan.</summary>
/// <param name="Name">Unique among the runs, and its folder's name.</param>
/// <param name="Parts">The parts that it is for.</param>
/// <param name="Spec">What is run.</param>
internal sealed record PlannedRun(string Name, IReadOnlyList<string> Parts, RunSpec Spec);
