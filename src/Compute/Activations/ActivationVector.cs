using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Experts;

/// <summary>The activation functions on sixteen lanes, to the bits of <see cref="ActivationReference"/>.</summary>
internal static class ActivationVector
{
    /// <summary>An activation function that the compiler can inline into a kernel.</summary>
    internal interface IFunction
    {
        static abstract (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z);
    }

    private interface IWideFunction
    {
        static abstract (Vector512<double> Value, Vector512<double> Slope) Apply(Vector512<double> z);
    }

    /// <summary>sigma(z) = z.</summary>
    internal readonly struct Linear : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z) => (z, Vector512<float>.One);
    }

    /// <summary>sigma(z) = z^3.</summary>
    internal readonly struct Cubic : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z)
        {
            var square = z * z;
            return (square * z, Vector512.Create(3f) * square);
        }
    }

    /// <summary>sigma(z) = max(z, 0).</summary>
    internal readonly struct Relu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z)
        {
            var positive = Vector512.GreaterThan(z, Vector512<float>.Zero);
            return (positive & z, positive & Vector512<float>.One);
        }
    }

    /// <summary>sigma(z) = z for z > 0, else exp(z) - 1.</summary>
    internal readonly struct Celu : IFunction, IWideFunction
    {
        public static (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z) => Widened<Celu>(z);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<double> Value, Vector512<double> Slope) Apply(Vector512<double> z)
        {
            var one = Vector512<double>.One;
            var decay = SpecialFunctions.Exp(Vector512.Min(z, Vector512<double>.Zero));
            var positive = Vector512.GreaterThan(z, Vector512<double>.Zero);
            return (Vector512.ConditionalSelect(positive, z, decay - one), Vector512.ConditionalSelect(positive, one, decay));
        }
    }

    /// <summary>sigma(z) = z Phi(z).</summary>
    internal readonly struct Gelu : IFunction, IWideFunction
    {
        public static (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z) => Widened<Gelu>(z);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<double> Value, Vector512<double> Slope) Apply(Vector512<double> z)
        {
            var distribution = Vector512.Create(0.5) * (Vector512<double>.One + SpecialFunctions.Erf(z * Vector512.Create(ActivationReference.InverseSqrt2)));
            var density = Vector512.Create(ActivationReference.InverseSqrt2Pi) * SpecialFunctions.Exp(Vector512.Create(-0.5) * (z * z));
            return (z * distribution, Vector512.FusedMultiplyAdd(z, density, distribution));
        }
    }

    /// <summary>sigma(z) = tanh(z).</summary>
    internal readonly struct Tanh : IFunction, IWideFunction
    {
        public static (Vector512<float> Value, Vector512<float> Slope) Apply(Vector512<float> z) => Widened<Tanh>(z);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector512<double> Value, Vector512<double> Slope) Apply(Vector512<double> z)
        {
            var tanh = SpecialFunctions.Tanh(z);
            return (tanh, Vector512.FusedMultiplyAdd(-tanh, tanh, Vector512<double>.One));
        }
    }

    private static (Vector512<float> Value, Vector512<float> Slope) Widened<TFunction>(Vector512<float> z)
        where TFunction : struct, IWideFunction
    {
        var (lower, upper) = Vector512.Widen(z);
        var (lowerValue, lowerSlope) = TFunction.Apply(lower);
        var (upperValue, upperSlope) = TFunction.Apply(upper);
        return (Vector512.Narrow(lowerValue, upperValue), Vector512.Narrow(lowerSlope, upperSlope));
    }
}
