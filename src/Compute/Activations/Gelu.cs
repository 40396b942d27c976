using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Activations;

/// <summary>sigma(z) = z Phi(z), Phi the normal distribution function; the derivative is Phi(z) + z phi(z), phi its density.</summary>
internal readonly struct Gelu : IDoubleActivationFunction
{
    // 1 / sqrt(2) and 1 / sqrt(2 pi).
    private const double InverseSqrt2 = 0.70710678118654752440;
    private const double InverseSqrt2Pi = 0.39894228040143267794;

    public static string Name => "gelu";

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T> => DoubleActivation.Round<Gelu, T>(z);

    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z) => DoubleActivation.Round<Gelu>(z);

    public static (double Value, double Derivative) ApplyInDouble(double z)
    {
        var distribution = 0.5 * (1 + SpecialFunctions.Erf(z * InverseSqrt2));
        var density = InverseSqrt2Pi * SpecialFunctions.Exp(-0.5 * (z * z));
        return (z * distribution, double.FusedMultiplyAdd(z, density, distribution));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Value, Vector512<double> Derivative) ApplyInDouble(Vector512<double> z)
    {
        var distribution = Vector512.Create(0.5) * (Vector512<double>.One + SpecialFunctions.Erf(z * Vector512.Create(InverseSqrt2)));
        var density = Vector512.Create(InverseSqrt2Pi) * SpecialFunctions.Exp(Vector512.Create(-0.5) * (z * z));
        return (z * distribution, Vector512.FusedMultiplyAdd(z, density, distribution));
    }
}
