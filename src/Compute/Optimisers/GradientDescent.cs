using System.Numerics;
using System.Numerics.Tensors;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>
/// (Normalised) gradient descent: the mean gradient is divided by its norm (paper, algorithm 1), then weight decay is added,
/// then momentum is applied: v = momentum v + g, w = w - rate v.
/// </summary>
public static class GradientDescent
{
    /// <summary>Applies one step in place.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">Rate, norm, momentum, decay.</param>
    /// <param name="layout">The tensors, for their norms.</param>
    /// <param name="samples">Samples of the minibatch: the mean is the sum over them divided by this.</param>
    /// <param name="gradient">Flat gradient of the summed loss; overwritten.</param>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="velocity">Flat momentum, zero at first; may be empty where momentum is 0.</param>
    public static void Apply<T>(OptimiserSpec spec, ParameterLayout layout, int samples, Span<T> gradient, Span<T> weights, Span<T> velocity)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Scale(spec.Normalise, layout, samples, gradient);
        if (spec.WeightDecay != 0) TensorPrimitives.FusedMultiplyAdd(weights, T.CreateTruncating(spec.WeightDecay), gradient, gradient);
        if (spec.Momentum != 0)
        {
            TensorPrimitives.FusedMultiplyAdd(velocity, T.CreateTruncating(spec.Momentum), gradient, velocity);
            gradient = velocity;
        }

        TensorPrimitives.FusedMultiplyAdd(gradient, T.CreateTruncating(-spec.Rate), weights, weights);
    }

    // The number of samples cancels in a normalised direction, so the sum is divided by the sum's norm.
    private static void Scale<T>(NormKind kind, ParameterLayout layout, int samples, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<double> norms = stackalloc double[layout.Tensors.Length];
        var (sum, squares) = (0.0, 0.0);
        for (var t = 0; t < norms.Length; t++)
        {
            var square = FixedOrderSum.Squares<T>(gradient.Slice(layout.Tensors[t].Offset, layout.Tensors[t].Length));
            norms[t] = Math.Sqrt(square);
            sum += norms[t];
            squares += square;
        }

        for (var t = 0; t < norms.Length; t++)
        {
            var divisor = kind switch
            {
                NormKind.Sum => sum,
                NormKind.Tensor => norms[t],
                NormKind.Frobenius => Math.Sqrt(squares),
                _ => samples,
            };
            var tensor = gradient.Slice(layout.Tensors[t].Offset, layout.Tensors[t].Length);
            var factor = T.CreateTruncating(1 / divisor);
            if (T.IsFinite(factor)) TensorPrimitives.Multiply(tensor, factor, tensor);
            else if (divisor != 0) TensorPrimitives.Divide(tensor, T.CreateTruncating(divisor), tensor);
        }
    }
}
