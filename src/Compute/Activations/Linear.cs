using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Activations;

/// <summary>sigma(z) = z.</summary>
internal readonly struct Linear : IActivationFunction
{
    public static string Name => "linear";

    public static bool IsLinear => true;

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T> => (z, T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z) => (z, Vector512<float>.One);
}
