using System.Numerics;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>The activation functions, scalar: the reference of <see cref="ActivationVector"/>, to the same bits.</summary>
public static class ActivationReference
{
    /// <summary>1 / sqrt(2).</summary>
    internal const double InverseSqrt2 = 0.70710678118654752440;

    /// <summary>1 / sqrt(2 pi).</summary>
    internal const double InverseSqrt2Pi = 0.39894228040143267794;

    /// <summary>Value and derivative at <paramref name="z"/>. Exp, tanh and erf are taken in double and rounded once.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="activation">Which function.</param>
    /// <param name="z">The argument.</param>
    public static (T Value, T Slope) Apply<T>(Activation activation, T z)
        where T : IBinaryFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case Activation.Linear: return (z, T.One);
            case Activation.Cubic:
                var square = z * z;
                return (square * z, T.CreateTruncating(3) * square);
            case Activation.Relu: return z > T.Zero ? (z, T.One) : (T.Zero, T.Zero);
            default:
                var (value, slope) = Transcendental(activation, double.CreateTruncating(z));
                return (T.CreateTruncating(value), T.CreateTruncating(slope));
        }
    }

    private static (double Value, double Slope) Transcendental(Activation activation, double z)
    {
        switch (activation)
        {
            case Activation.Celu:
                var decay = SpecialFunctions.Exp(Math.Min(z, 0));
                return z > 0 ? (z, 1) : (decay - 1, decay);
            case Activation.Gelu:
                var distribution = 0.5 * (1 + SpecialFunctions.Erf(z * InverseSqrt2));
                var density = InverseSqrt2Pi * SpecialFunctions.Exp(-0.5 * (z * z));
                return (z * distribution, double.FusedMultiplyAdd(z, density, distribution));
            case Activation.Tanh:
                var tanh = SpecialFunctions.Tanh(z);
                return (tanh, double.FusedMultiplyAdd(-tanh, tanh, 1));
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation.");
        }
    }
}
