using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) with L2 weight decay added to the gradient, not decoupled, as in
/// PyTorch's Adam: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
/// w = w - rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon). AdamW has no decay in g and multiplies w by
/// 1 - rate * decay before the same step.
/// </summary>
internal static class Adam
{
    /// <summary>Applies one step in place.</summary>
    /// <typeparam name="T">Element type; float is vectorised.</typeparam>
    /// <param name="spec">Rate, norm, betas, epsilon, decay.</param>
    /// <param name="layout">The tensors, for their norms.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="step">The step t, from 1.</param>
    /// <param name="gradient">Flat gradient of the summed loss; overwritten.</param>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="moments">Twice as many elements: m, then v; zero before the first step.</param>
    public static void Apply<T>(OptimiserSpec spec, ParameterLayout layout, int samples, long step, Span<T> gradient, Span<T> weights, Span<T> moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // A plain mean is taken in the same pass as the update.
        var isPlain = MeanGradient.IsPlain(spec);
        var scale = isPlain ? T.CreateTruncating(1.0 / samples) : T.One;
        if (!isPlain) MeanGradient.Scale(spec, layout, samples, gradient);
        var first = moments[..weights.Length];
        var second = moments[weights.Length..];
        var done = 0;
        if (typeof(T) == typeof(float))
        {
            done = Update(
                AdamCoefficients<float>.Of(spec, step), float.CreateTruncating(scale),
                MemoryMarshal.Cast<T, float>(gradient[..weights.Length]), MemoryMarshal.Cast<T, float>(weights), MemoryMarshal.Cast<T, float>(first), MemoryMarshal.Cast<T, float>(second));
        }

        TensorPrimitives.Multiply(gradient[done..], scale, gradient[done..]);
        AdamReference.Update(AdamCoefficients<T>.Of(spec, step), gradient[done..weights.Length], weights[done..], first[done..], second[done..]);
    }

    /// <summary>Updates whole vectors.</summary>
    /// <returns>The number of weights updated.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Update(in AdamCoefficients<float> step, float scale, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second)
    {
        var (beta1, new1, beta2, new2) = (Vector512.Create(step.Beta1), Vector512.Create(step.New1), Vector512.Create(step.Beta2), Vector512.Create(step.New2));
        var (decay, shrink, rate) = (Vector512.Create(step.Decay), Vector512.Create(step.Shrink), Vector512.Create(step.Rate));
        var (spread, epsilon, factor) = (Vector512.Create(step.Spread), Vector512.Create(step.Epsilon), Vector512.Create(scale));
        ref var gradients = ref MemoryMarshal.GetReference(gradient);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var m = ref MemoryMarshal.GetReference(first);
        ref var v = ref MemoryMarshal.GetReference(second);
        nuint i = 0;
        for (; i + (nuint)Vector512<float>.Count <= (nuint)weights.Length; i += (nuint)Vector512<float>.Count)
        {
            var weight = Vector512.LoadUnsafe(ref w, i);
            var g = Vector512.FusedMultiplyAdd(decay, weight, factor * Vector512.LoadUnsafe(ref gradients, i));
            var mean = Vector512.FusedMultiplyAdd(beta1, Vector512.LoadUnsafe(ref m, i), new1 * g);
            var square = Vector512.FusedMultiplyAdd(beta2, Vector512.LoadUnsafe(ref v, i), new2 * g * g);
            var size = (Vector512.Sqrt(square) / spread) + epsilon;
            weight *= shrink;
            var moved = Vector512.FusedMultiplyAdd(rate, mean / size, weight);
            mean.StoreUnsafe(ref m, i);
            square.StoreUnsafe(ref v, i);
            Vector512.ConditionalSelect(Vector512.Equals(size, Vector512<float>.Zero), weight, moved).StoreUnsafe(ref w, i);
        }

        return (int)i;
    }
}
