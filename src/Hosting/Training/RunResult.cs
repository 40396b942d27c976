using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Training;

/// <summary>What a run has made.</summary>
/// <param name="Record">All but the weights.</param>
/// <param name="Weights">The final weights.</param>
/// <param name="BestWeights">The weights of the smallest training loss, where the specification keeps them.</param>
internal sealed record RunResult(RunRecord Record, MixtureWeights<float> Weights, MixtureWeights<float>? BestWeights)
{
    /// <summary>Analyses the final weights, for a report.</summary>
    /// <param name="spec">The run's specification.</param>
    /// <param name="data">Its data.</param>
    public FinishedRun Analyse(RunSpec spec, Dataset<float> data) =>
        new(spec, Record.Summary, Record.Steps, Record.Products, Weights, ModelAnalysis.Of(spec, Weights, data));
}
