using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Reports;

/// <summary>A finished run and the data of its report.</summary>
/// <param name="Spec">The specification.</param>
/// <param name="Summary">The summary.</param>
/// <param name="Steps">A record for each step.</param>
/// <param name="Products">The products over training, every few steps; empty if they were not recorded.</param>
/// <param name="Weights">The final weights.</param>
/// <param name="Analysis">Unrouted accuracies and swap test of the final weights.</param>
internal sealed record FinishedRun(
    RunSpec Spec,
    RunSummary Summary,
    IReadOnlyList<StepRecord> Steps,
    IReadOnlyList<ProductsRecord> Products,
    MixtureWeights<float> Weights,
    ModelAnalysis Analysis);
