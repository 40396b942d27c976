using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Evaluation;

/// <summary>A trained model: its specification and its weights.</summary>
internal sealed record TrainedModel(RunSpec Spec, SavedWeights Saved);
