using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Hosting.Training;

/// <summary>The result of a run that is done. <see cref="RunFolder.Write"/> writes it to files.</summary>
/// <param name="Spec">The specification of the run.</param>
/// <param name="Record">All of the result but the weights.</param>
/// <param name="Weights">The final weights.</param>
/// <param name="BestWeights">The weights of the smallest training loss; null if the specification does not keep them.</param>
public sealed record RunResult(RunSpec Spec, RunRecord Record, MixtureWeights<float> Weights, MixtureWeights<float>? BestWeights)
{
    /// <summary>Accuracies, times, and the SHA-256 of the final weights.</summary>
    public RunSummary Summary => Record.Summary;
}
