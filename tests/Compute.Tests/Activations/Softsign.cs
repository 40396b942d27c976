using System.Numerics;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Compute.Tests.Activations;

/// <summary>An activation of the tests alone, sigma(z) = z / (1 + |z|): this file is all there is of it.</summary>
internal readonly struct Softsign : IActivationFunction
{
    public static string Name => "softsign";

    public static (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T>
    {
        var size = T.One + T.Abs(z);
        return (z / size, T.One / (size * size));
    }

    public static (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z)
    {
        var size = Vector512<float>.One + Vector512.Abs(z);
        return (z / size, Vector512<float>.One / (size * size));
    }
}
