using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Output;

namespace MoeOrleans.Cli.Training;

/// <summary>What a run has made.</summary>
/// <param name="Record">All but the weights.</param>
/// <param name="Weights">The final weights.</param>
/// <param name="BestWeights">The weights of the smallest training loss, where the specification keeps them.</param>
internal sealed record RunResult(RunRecord Record, MixtureWeights<float> Weights, MixtureWeights<float>? BestWeights);
