using System.Numerics;
using System.Numerics.Tensors;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>Turns the sum over a minibatch into its mean, into a mean of limited norm, or into the mean's direction (paper, algorithm 1).</summary>
internal static class MeanGradient
{
    /// <summary>Whether the gradient is the mean over the samples, of any norm.</summary>
    /// <param name="spec">The optimiser.</param>
    public static bool IsPlain(OptimiserSpec spec) => spec is { Normalise: NormKind.None, Clip: 0 };

    /// <summary>Scales a gradient in place. The number of samples cancels in a normalised direction: the sum is divided by its norm.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The norm that divides the gradient, or its largest norm; a norm of 0 divides nothing.</param>
    /// <param name="layout">The tensors.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="gradient">Flat gradient of the summed loss.</param>
    public static void Scale<T>(OptimiserSpec spec, ParameterLayout layout, int samples, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (IsPlain(spec))
        {
            TensorPrimitives.Multiply(gradient, T.CreateTruncating(1.0 / samples), gradient);
            return;
        }

        Span<double> norms = stackalloc double[layout.Tensors.Length];
        var sum = 0.0;
        var squares = 0.0;
        for (var t = 0; t < norms.Length; t++)
        {
            var square = FixedOrderSum.Squares<T>(gradient.Slice(layout.Tensors[t].Offset, layout.Tensors[t].Length));
            norms[t] = Math.Sqrt(square);
            sum += norms[t];
            squares += square;
        }

        for (var t = 0; t < norms.Length; t++)
        {
            var divisor = spec.Normalise switch
            {
                NormKind.Sum => sum,
                NormKind.Tensor => norms[t],
                NormKind.Frobenius => Math.Sqrt(squares),
                // The sum, divided so that its mean has the largest norm.
                _ => Math.Max(samples, Math.Sqrt(squares) / spec.Clip),
            };
            var tensor = gradient.Slice(layout.Tensors[t].Offset, layout.Tensors[t].Length);
            var factor = T.CreateTruncating(1 / divisor);
            if (T.IsFinite(factor)) TensorPrimitives.Multiply(tensor, factor, tensor);
            else if (divisor != 0) TensorPrimitives.Divide(tensor, T.CreateTruncating(divisor), tensor);
        }
    }
}
