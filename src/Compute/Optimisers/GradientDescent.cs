using System.Numerics;
using System.Numerics.Tensors;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>
/// (Normalised) gradient descent: the mean gradient is divided by its norm (paper, algorithm 1), then weight decay is added,
/// then momentum is applied: v = momentum v + g, w = w - rate v.
/// </summary>
internal static class GradientDescent
{
    /// <summary>Applies one step in place.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">Rate, norm, momentum, decay.</param>
    /// <param name="layout">The tensors, for their norms.</param>
    /// <param name="samples">Samples of the minibatch, which divide the sum.</param>
    /// <param name="gradient">Flat gradient of the summed loss; overwritten.</param>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="velocity">Flat momentum, zero before the first step; may be empty if momentum is 0.</param>
    public static void Apply<T>(OptimiserSpec spec, ParameterLayout layout, int samples, Span<T> gradient, Span<T> weights, Span<T> velocity)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MeanGradient.Scale(spec, layout, samples, gradient);
        if (spec.WeightDecay != 0) TensorPrimitives.FusedMultiplyAdd(weights, T.CreateTruncating(spec.WeightDecay), gradient, gradient);
        if (spec.Momentum != 0)
        {
            TensorPrimitives.FusedMultiplyAdd(velocity, T.CreateTruncating(spec.Momentum), gradient, velocity);
            gradient = velocity;
        }

        TensorPrimitives.FusedMultiplyAdd(gradient, T.CreateTruncating(-spec.Rate), weights, weights);
    }
}
