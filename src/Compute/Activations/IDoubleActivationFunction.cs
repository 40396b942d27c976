using System.Numerics;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Activations;

/// <summary>
/// An activation function that is computed in double and rounded once to the element type: the special functions (exp, erf, tanh)
/// take doubles. <see cref="DoubleActivation"/> derives the forms of <see cref="IActivationFunction"/> from it.
/// </summary>
internal interface IDoubleActivationFunction : IActivationFunction
{
    /// <summary>Value and derivative at <paramref name="z"/>.</summary>
    static abstract (double Value, double Derivative) ApplyInDouble(double z);

    /// <summary>Value and derivative of each lane of <paramref name="z"/>, to the bits of the scalar form.</summary>
    static abstract (Vector512<double> Value, Vector512<double> Derivative) ApplyInDouble(Vector512<double> z);
}

/// <summary>Rounds a function that is computed in double to the element type.</summary>
internal static class DoubleActivation
{
    public static (T Value, T Derivative) Round<TFunction, T>(T z)
        where TFunction : struct, IDoubleActivationFunction
        where T : IBinaryFloatingPointIeee754<T>
    {
        var (value, derivative) = TFunction.ApplyInDouble(double.CreateTruncating(z));
        return (T.CreateTruncating(value), T.CreateTruncating(derivative));
    }

    public static (Vector512<float> Value, Vector512<float> Derivative) Round<TFunction>(Vector512<float> z)
        where TFunction : struct, IDoubleActivationFunction
    {
        var (lower, upper) = Vector512.Widen(z);
        var (lowerValue, lowerDerivative) = TFunction.ApplyInDouble(lower);
        var (upperValue, upperDerivative) = TFunction.ApplyInDouble(upper);
        return (Vector512.Narrow(lowerValue, upperValue), Vector512.Narrow(lowerDerivative, upperDerivative));
    }
}
