using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Grains.Run;

/// <summary>What the grains of a run share on a silo; immutable but for the router's latest weights.</summary>
/// <param name="Spec">The specification.</param>
/// <param name="Data">Training and test samples.</param>
/// <param name="Parameters">The tensors of an expert.</param>
/// <param name="RouterLayout">Layout of the router's sums.</param>
/// <param name="Noise">The router's noise.</param>
public sealed record RunResources(
    RunSpec Spec, Dataset<float> Data, ParameterLayout Parameters, RouterGradientLayout RouterLayout, IRouterNoise<float> Noise)
{
    /// <summary>The router's weights of the step in progress.</summary>
    public LatestScores Scores { get; } = new(Spec.Model.Experts);
}
