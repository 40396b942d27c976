using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Output;

namespace MoeOrleans.Cli.Training;

/// <summary>What a run has made.</summary>
internal sealed record RunResult(RunRecord Record, MixtureWeights<float> Weights);
