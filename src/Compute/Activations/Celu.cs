using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Activations;

/// <summary>sigma(z) = z for z > 0, else exp(z) - 1 (alpha = 1).</summary>
internal readonly struct Celu : IDoubleActivationFunction
{
    public static string Name => "celu";

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T> => DoubleActivation.Round<Celu, T>(z);

    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z) => DoubleActivation.Round<Celu>(z);

    public static (double Value, double Derivative) ApplyInDouble(double z)
    {
        var decay = SpecialFunctions.Exp(Math.Min(z, 0));
        return z > 0 ? (z, 1) : (decay - 1, decay);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Value, Vector512<double> Derivative) ApplyInDouble(Vector512<double> z)
    {
        var one = Vector512<double>.One;
        var decay = SpecialFunctions.Exp(Vector512.Min(z, Vector512<double>.Zero));
        var positive = Vector512.GreaterThan(z, Vector512<double>.Zero);
        return (Vector512.ConditionalSelect(positive, z, decay - one), Vector512.ConditionalSelect(positive, one, decay));
    }
}
