using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Experts;
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
    ModelAnalysis Analysis)
{
    /// <summary>The load of the experts over training; empty if it was not recorded.</summary>
    public IReadOnlyList<LoadRecord> Loads { get; init; } = [];

    /// <summary>Whether the paper has such a model and such data, so that its values and theorems apply.</summary>
    public bool IsOfThePaper => ExpertKinds.Of(Spec.Model).IsOfThePaper && Spec.Data.Source == DataSource.Clusters;

    /// <summary>Whether clusters are known, so that dispatch entropy has a meaning.</summary>
    public bool HasClusters => Summary.DispatchCounts.Length > 1;

    /// <summary>Whether the router draws noise, so that texts may speak of it.</summary>
    public bool HasRouterNoise => Spec.Routing.Noise != NoiseKind.Off;

    /// <summary>What loss, accuracy and dispatch of the summary were measured over, for captions.</summary>
    public string Measured => Summary.MeasuredSteps > 1 ? "last epoch" : "last step";
}
