using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>A finished run and the parts of the reproduction that it is for.</summary>
/// <param name="Name">Its name, unique among the runs.</param>
/// <param name="Parts">Some of <see cref="ReproductionPart"/>.</param>
/// <param name="Run">The run.</param>
public sealed record LabelledRun(string Name, IReadOnlyList<string> Parts, FinishedRun Run)
{
    /// <summary>Whether it is a mixture, be it of one expert.</summary>
    internal bool IsMixture => Run.Spec.Model.Kind == ModelKind.Mixture;
}
