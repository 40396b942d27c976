using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Activations;

/// <summary>sigma(z) = z^3.</summary>
internal readonly struct Cubic : IActivationFunction
{
    public static string Name => "cubic";

    // The paper calls the mixture of cubic experts the nonlinear one.
    public static string? DisplayName => "nonlinear";

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T>
    {
        var square = z * z;
        return (square * z, T.CreateTruncating(3) * square);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z)
    {
        var square = z * z;
        return (square * z, Vector512.Create(3f) * square);
    }
}
