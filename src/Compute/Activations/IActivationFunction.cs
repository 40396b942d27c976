using System.Numerics;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Activations;

/// <summary>
/// An activation function: what it is called, its value and its derivative, scalar and on sixteen lanes. Both forms give the same
/// bits. Members are static, so that the JIT inlines them into code that is generic over the function.
/// </summary>
internal interface IActivationFunction
{
    /// <summary>Name in specifications, in camelCase.</summary>
    static abstract string Name { get; }

    /// <summary>Name in tables and figures; null if it is <see cref="Name"/>.</summary>
    static virtual string? DisplayName => null;

    /// <summary>Whether the function is linear.</summary>
    static virtual bool IsLinear => false;

    /// <summary>Value and derivative at <paramref name="z"/>.</summary>
    static abstract (T Value, T Derivative) Apply<T>(T z)
        where T : IBinaryFloatingPointIeee754<T>;

    /// <summary>Value and derivative of each lane of <paramref name="z"/>, to the bits of the scalar form.</summary>
    static abstract (Vector512<float> Value, Vector512<float> Derivative) Apply(Vector512<float> z);
}
