using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Activations;

/// <summary>sigma(z) = max(z, 0); the derivative at 0 is 0.</summary>
internal readonly struct Relu : IActivationFunction
{
    public static string Name => "relu";

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T> => z > T.Zero ? (z, T.One) : (T.Zero, T.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z)
    {
        var positive = Vector512.GreaterThan(z, Vector512<float>.Zero);
        return (positive & z, positive & Vector512<float>.One);
    }
}
