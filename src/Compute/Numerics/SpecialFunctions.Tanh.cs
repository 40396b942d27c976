using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Numerics;

internal static partial class SpecialFunctions
{
    // From 19.07 on tanh rounds to 1.
    private const double TanhHighest = 20;

    /// <summary>The hyperbolic tangent of x.</summary>
    /// <remarks>
    /// Error at most 2.5 ulp, near 0 as well; odd to the last bit; +-0 at +-0, +-1 from +-19.07 on. tanh |x| = -t / (2 + t)
    /// with t = expm1(-2 |x|).
    /// </remarks>
    /// <param name="x">Any value.</param>
    /// <returns>tanh x.</returns>
    public static double Tanh(double x)
    {
        var a = Math.Abs(x);
        a = a > TanhHighest ? TanhHighest : a;
        var t = NegativeExpM1(-2 * a);
        var result = Math.CopySign(t / (t + 2), x);
        return double.IsNaN(x) ? double.NaN : result;
    }

    /// <summary>The hyperbolic tangent of each lane; the bits of <see cref="Tanh(double)"/>.</summary>
    /// <remarks>Error at most 2.5 ulp; limits as for <see cref="Tanh(double)"/>.</remarks>
    /// <param name="x">Any values.</param>
    /// <returns>tanh x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Tanh(Vector512<double> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return TanhEachLane(x);

        var highest = Vector512.Create(TanhHighest);
        var a = Vector512.Abs(x);
        a = Vector512.ConditionalSelect(Vector512.GreaterThan(a, highest), highest, a);
        var t = NegativeExpM1(Vector512.Create(-2.0) * a);
        return NaNWhereNaN(x, WithSign(t / (t + Vector512.Create(2.0)), x));
    }

    private static Vector512<double> TanhEachLane(Vector512<double> x) => Vector512.Create(
        Tanh(x[0]), Tanh(x[1]), Tanh(x[2]), Tanh(x[3]), Tanh(x[4]), Tanh(x[5]), Tanh(x[6]), Tanh(x[7]));
}
