using MoeOrleans.Compute.Parameters;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Folder;

/// <summary>What is left of a run that was trained and could not be evaluated: it has no summary.</summary>
/// <param name="RunId">The run.</param>
/// <param name="SpecHash">Hash of its specification.</param>
/// <param name="Specification">The specification as JSON.</param>
/// <param name="Steps">A record for each step.</param>
/// <param name="Weights">The final weights.</param>
/// <param name="Version">Their version.</param>
/// <param name="Best">The weights of the smallest loss; null if they were not kept.</param>
/// <param name="BestVersion">Their version.</param>
internal sealed record UnevaluatedRun(
    string RunId, string SpecHash, string Specification, IReadOnlyList<StepRecord> Steps, MixtureWeights<float> Weights, long Version, MixtureWeights<float>? Best, long BestVersion);
