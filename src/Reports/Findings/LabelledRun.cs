using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>A finished run and the parts of the reproduction that use it.</summary>
/// <param name="Name">Name, unique among the runs.</param>
/// <param name="Parts">Some of <see cref="ReproductionPart"/>.</param>
/// <param name="Run">The run.</param>
internal sealed record LabelledRun(string Name, IReadOnlyList<string> Parts, FinishedRun Run)
{
    /// <summary>Whether the run is a mixture, even if it has only one expert.</summary>
    internal bool IsMixture => Run.Spec.Model.Kind == ModelKind.Mixture;
}
