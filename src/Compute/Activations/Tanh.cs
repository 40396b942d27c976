using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Activations;

/// <summary>sigma(z) = tanh(z); the derivative is 1 - tanh(z)^2.</summary>
internal readonly struct Tanh : IDoubleActivationFunction
{
    public static string Name => "tanh";

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T> => DoubleActivation.Round<Tanh, T>(z);

    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z) => DoubleActivation.Round<Tanh>(z);

    public static (double Value, double Derivative) ApplyInDouble(double z)
    {
        var tanh = SpecialFunctions.Tanh(z);
        return (tanh, double.FusedMultiplyAdd(-tanh, tanh, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Value, Vector512<double> Derivative) ApplyInDouble(Vector512<double> z)
    {
        var tanh = SpecialFunctions.Tanh(z);
        return (tanh, Vector512.FusedMultiplyAdd(-tanh, tanh, Vector512<double>.One));
    }
}
