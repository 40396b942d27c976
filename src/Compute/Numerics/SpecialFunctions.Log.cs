using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Numerics;

internal static partial class SpecialFunctions
{
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double TwoTo54 = 18014398509481984.0;

    // 2^52, whose low bits hold an integer.
    private const double IntegerBase = 4503599627370496.0;
    private const ulong IntegerBaseBits = 0x4330_0000_0000_0000;

    // sqrt(1/2), below which a significand counts to the next power of two; and how far that is from 1.
    private const ulong SqrtHalfBits = 0x3FE6_A09E_667F_3BCD;
    private const ulong OneLessSqrtHalfBits = 0x3FF0_0000_0000_0000 - SqrtHalfBits;
    private const ulong FractionBits = 0x000F_FFFF_FFFF_FFFF;

    // ln 2 in two parts, of which the first has 42 bits: times an exponent it is exact.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    // 2 atanh(s) = 2 s + s z (Log0 + Log1 z + ...), z = s^2, on |s| <= (sqrt(2) - 1) / (sqrt(2) + 1).
    private const double Log0 = 0.6666666666666734;
    private const double Log1 = 0.39999999999414326;
    private const double Log2 = 0.28571428742474053;
    private const double Log3 = 0.22222198563554235;
    private const double Log4 = 0.1818356486345602;
    private const double Log5 = 0.15314035913584212;
    private const double Log6 = 0.14796104676969427;

    /// <summary>The natural logarithm of x.</summary>
    /// <remarks>
    /// Error at most 0.86 ulp, near 1 as well. -inf at +-0, +inf at +inf, NaN below 0. x = 2^k (1 + f) with 1 + f in
    /// [sqrt(1/2), sqrt(2)); ln(1 + f) = 2 atanh(s), s = f / (2 + f); k ln 2 + f is summed exactly.
    /// </remarks>
    /// <param name="x">Any value.</param>
    /// <returns>ln x.</returns>
    public static double Log(double x)
    {
        var subnormal = x < SmallestNormal;
        var scaled = subnormal ? x * TwoTo54 : x;
        var bias = subnormal ? IntegerBase + 1023 + 54 : IntegerBase + 1023;

        var bits = BitConverter.DoubleToUInt64Bits(scaled) + OneLessSqrtHalfBits;
        var k = BitConverter.UInt64BitsToDouble((bits >>> 52) | IntegerBaseBits) - bias;
        var f = BitConverter.UInt64BitsToDouble((bits & FractionBits) + SqrtHalfBits) - 1;

        var s = f / (f + 2);
        var z = s * s;
        var q = double.FusedMultiplyAdd(z, Log6, Log5);
        q = double.FusedMultiplyAdd(z, q, Log4);
        q = double.FusedMultiplyAdd(z, q, Log3);
        q = double.FusedMultiplyAdd(z, q, Log2);
        q = double.FusedMultiplyAdd(z, q, Log1);
        q = double.FusedMultiplyAdd(z, q, Log0);

        // ln(1 + f) = f - c, where 2 s = f - s f and s f = f^2 / 2 - s f^2 / 2.
        var half = 0.5 * f * f;
        var c = double.FusedMultiplyAdd(-s, double.FusedMultiplyAdd(z, q, half), half);

        var whole = k * Ln2High;
        var high = whole + f;
        var low = whole - high + f;
        var result = high + (double.FusedMultiplyAdd(k, Ln2Low, low) - c);

        result = x == double.PositiveInfinity ? double.PositiveInfinity : result;
        result = x == 0 ? double.NegativeInfinity : result;
        return x >= 0 ? result : double.NaN;
    }

    /// <summary>The natural logarithm of each lane; the bits of <see cref="Log(double)"/>.</summary>
    /// <remarks>Error at most 0.86 ulp; limits as for <see cref="Log(double)"/>.</remarks>
    /// <param name="x">Any values.</param>
    /// <returns>ln x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return LogEachLane(x);

        var subnormal = Vector512.LessThan(x, Vector512.Create(SmallestNormal));
        var scaled = Vector512.ConditionalSelect(subnormal, x * Vector512.Create(TwoTo54), x);
        var bias = Vector512.ConditionalSelect(
            subnormal, Vector512.Create(IntegerBase + 1023 + 54), Vector512.Create(IntegerBase + 1023));

        var bits = scaled.AsUInt64() + Vector512.Create(OneLessSqrtHalfBits);
        var k = ((bits >>> 52) | Vector512.Create(IntegerBaseBits)).AsDouble() - bias;
        var one = Vector512<double>.One;
        var f = ((bits & Vector512.Create(FractionBits)) + Vector512.Create(SqrtHalfBits)).AsDouble() - one;

        var s = f / (f + Vector512.Create(2.0));
        var z = s * s;
        var q = Vector512.FusedMultiplyAdd(z, Vector512.Create(Log6), Vector512.Create(Log5));
        q = Vector512.FusedMultiplyAdd(z, q, Vector512.Create(Log4));
        q = Vector512.FusedMultiplyAdd(z, q, Vector512.Create(Log3));
        q = Vector512.FusedMultiplyAdd(z, q, Vector512.Create(Log2));
        q = Vector512.FusedMultiplyAdd(z, q, Vector512.Create(Log1));
        q = Vector512.FusedMultiplyAdd(z, q, Vector512.Create(Log0));

        var half = Vector512.Create(0.5) * f * f;
        var c = Vector512.FusedMultiplyAdd(-s, Vector512.FusedMultiplyAdd(z, q, half), half);

        var whole = k * Vector512.Create(Ln2High);
        var high = whole + f;
        var low = whole - high + f;
        var result = high + (Vector512.FusedMultiplyAdd(k, Vector512.Create(Ln2Low), low) - c);

        var infinity = Vector512.Create(double.PositiveInfinity);
        var zero = Vector512<double>.Zero;
        result = Vector512.ConditionalSelect(Vector512.Equals(x, infinity), infinity, result);
        result = Vector512.ConditionalSelect(Vector512.Equals(x, zero), -infinity, result);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, zero), result, Vector512.Create(double.NaN));
    }

    private static Vector512<double> LogEachLane(Vector512<double> x) => Vector512.Create(
        Log(x[0]), Log(x[1]), Log(x[2]), Log(x[3]), Log(x[4]), Log(x[5]), Log(x[6]), Log(x[7]));
}
