using System.Numerics;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>One step of <see cref="Adam"/> weight by weight: the reference of its vectors, whose bits are the same.</summary>
internal static class AdamReference
{
    /// <summary>Updates weights and moments in place.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="step">The coefficients of the step.</param>
    /// <param name="gradient">Mean gradient.</param>
    /// <param name="weights">As many weights.</param>
    /// <param name="first">Their means of the gradient.</param>
    /// <param name="second">Their means of the squared gradient.</param>
    public static void Update<T>(in AdamCoefficients<T> step, ReadOnlySpan<T> gradient, Span<T> weights, Span<T> first, Span<T> second)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = T.FusedMultiplyAdd(step.Decay, weights[i], gradient[i]);
            first[i] = T.FusedMultiplyAdd(step.Beta1, first[i], step.New1 * g);
            second[i] = T.FusedMultiplyAdd(step.Beta2, second[i], step.New2 * g * g);
            var size = (T.Sqrt(second[i]) / step.Spread) + step.Epsilon;
            var weight = weights[i] * step.Shrink;
            // Also with epsilon 0, a weight that never had a gradient (padding, an idle expert) only decays.
            weights[i] = size != T.Zero ? T.FusedMultiplyAdd(step.Rate, first[i] / size, weight) : weight;
        }
    }
}
