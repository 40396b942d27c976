using System.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>What one step of Adam multiplies by and adds, the same for all weights.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Beta1">Decay of the mean of the gradient.</param>
/// <param name="New1">Share of the new gradient in that mean.</param>
/// <param name="Beta2">Decay of the mean of the squared gradient.</param>
/// <param name="New2">Share of the new square in that mean.</param>
/// <param name="Decay">Coupled weight decay; 0 if it is decoupled.</param>
/// <param name="Shrink">What decoupled weight decay multiplies a weight by; 1 if it is coupled.</param>
/// <param name="Rate">The negative rate, divided by 1 - beta1^t.</param>
/// <param name="Spread">The root of 1 - beta2^t.</param>
/// <param name="Epsilon">Added to the denominator.</param>
internal readonly record struct AdamCoefficients<T>(T Beta1, T New1, T Beta2, T New2, T Decay, T Shrink, T Rate, T Spread, T Epsilon)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The coefficients of a step.</summary>
    /// <param name="spec">Rate, betas, epsilon, decay.</param>
    /// <param name="step">The step t, from 1.</param>
    public static AdamCoefficients<T> Of(OptimiserSpec spec, long step)
    {
        var isDecoupled = spec.Method == OptimiserMethod.AdamW;
        return new(
            T.CreateTruncating(spec.Beta1),
            T.CreateTruncating(1 - spec.Beta1),
            T.CreateTruncating(spec.Beta2),
            T.CreateTruncating(1 - spec.Beta2),
            T.CreateTruncating(isDecoupled ? 0 : spec.WeightDecay),
            T.CreateTruncating(isDecoupled ? 1 - (spec.Rate * spec.WeightDecay) : 1),
            T.CreateTruncating(-spec.Rate / (1 - Power(spec.Beta1, step))),
            T.CreateTruncating(Math.Sqrt(1 - Power(spec.Beta2, step))),
            T.CreateTruncating(spec.Epsilon));
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
