using System.Numerics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) with L2 weight decay added to the gradient, not decoupled, as in
/// PyTorch's Adam: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
/// w = w - rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
/// </summary>
internal static class Adam
{
    /// <summary>Applies one step in place.</summary>
    /// <typeparam name="T">Element type.</typeparam>
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
        MeanGradient.Scale(spec.Normalise, layout, samples, gradient);
        var first = moments[..weights.Length];
        var second = moments[weights.Length..];
        var (beta1, beta2, epsilon) = (T.CreateTruncating(spec.Beta1), T.CreateTruncating(spec.Beta2), T.CreateTruncating(spec.Epsilon));
        var (new1, new2, decay) = (T.CreateTruncating(1 - spec.Beta1), T.CreateTruncating(1 - spec.Beta2), T.CreateTruncating(spec.WeightDecay));
        var rate = T.CreateTruncating(-spec.Rate / (1 - Power(spec.Beta1, step)));
        var spread = T.CreateTruncating(Math.Sqrt(1 - Power(spec.Beta2, step)));
        for (var i = 0; i < weights.Length; i++)
        {
            var g = T.FusedMultiplyAdd(decay, weights[i], gradient[i]);
            first[i] = T.FusedMultiplyAdd(beta1, first[i], new1 * g);
            second[i] = T.FusedMultiplyAdd(beta2, second[i], new2 * g * g);
            var size = (T.Sqrt(second[i]) / spread) + epsilon;
            // Also with epsilon 0, a weight that never had a gradient (padding, an idle expert) does not change.
            if (size != T.Zero) weights[i] = T.FusedMultiplyAdd(rate, first[i] / size, weights[i]);
        }
    }

    // By squaring: the platform's power differs between machines.
    private static double Power(double value, long exponent)
    {
        var power = 1.0;
        for (; exponent > 0; exponent >>= 1, value *= value)
        {
            if ((exponent & 1) == 1) power *= value;
        }

        return power;
    }
}
