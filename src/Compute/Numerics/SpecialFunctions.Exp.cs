using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Numerics;

internal static partial class SpecialFunctions
{
    // Outside of these the result is +inf or 0, and so it is at them: the exponent needs no special case.
    private const double ExpHighest = 710;
    private const double ExpLowest = -746;

    // Two powers of two make up the scale, as 2^n alone leaves the range; n + 2 * 1023 is halved into their exponents.
    private const double ToTwoExponents = ToInteger + 2046;

    private const double ToExponent = ToInteger + 1023;

    // expm1(r) = r + r^2 (Exp0 + Exp1 r + ...) on |r| <= ln(2) / 2.
    private const double Exp0 = 0.5;
    private const double Exp1 = 0.16666666666666677;
    private const double Exp2 = 0.0416666666666667;
    private const double Exp3 = 0.008333333333321919;
    private const double Exp4 = 0.0013888888888867424;
    private const double Exp5 = 0.00019841269885466904;
    private const double Exp6 = 2.4801587359614283e-05;
    private const double Exp7 = 2.7557244823648614e-06;
    private const double Exp8 = 2.7557243443526076e-07;
    private const double Exp9 = 2.5108836120504152e-08;
    private const double Exp10 = 2.0924258676865334e-09;

    /// <summary>e^x.</summary>
    /// <remarks>
    /// Error at most 1.01 ulp; results below the smallest normal number are rounded a second time and within 1 of their
    /// units. 0 below -745.14, +inf above 709.79, 1 at +-0. x = n ln 2 + r by Cody and Waite, a polynomial of degree 12 in r.
    /// </remarks>
    /// <param name="x">Any value.</param>
    /// <returns>e^x.</returns>
    public static double Exp(double x)
    {
        var clamped = x > ExpHighest ? ExpHighest : x;
        clamped = clamped < ExpLowest ? ExpLowest : clamped;

        var shifted = double.FusedMultiplyAdd(clamped, Log2E, ToTwoExponents);
        var n = shifted - ToTwoExponents;
        var value = 1 + ReducedExpM1(Reduce(clamped, n));

        var exponents = BitConverter.DoubleToUInt64Bits(shifted);
        var first = exponents >>> 1;
        var second = exponents - first;
        var result = value * BitConverter.UInt64BitsToDouble(first << 52) * BitConverter.UInt64BitsToDouble(second << 52);
        return double.IsNaN(x) ? double.NaN : result;
    }

    /// <summary>e^x of each lane; the bits of <see cref="Exp(double)"/>.</summary>
    /// <remarks>Error at most 1.01 ulp; limits as for <see cref="Exp(double)"/>.</remarks>
    /// <param name="x">Any values.</param>
    /// <returns>e^x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return ExpEachLane(x);

        var highest = Vector512.Create(ExpHighest);
        var lowest = Vector512.Create(ExpLowest);
        var clamped = Vector512.ConditionalSelect(Vector512.GreaterThan(x, highest), highest, x);
        clamped = Vector512.ConditionalSelect(Vector512.LessThan(clamped, lowest), lowest, clamped);

        var shift = Vector512.Create(ToTwoExponents);
        var shifted = Vector512.FusedMultiplyAdd(clamped, Vector512.Create(Log2E), shift);
        var n = shifted - shift;
        var value = Vector512<double>.One + ReducedExpM1(Reduce(clamped, n));

        var exponents = shifted.AsUInt64();
        var first = exponents >>> 1;
        var second = exponents - first;
        var result = value * (first << 52).AsDouble() * (second << 52).AsDouble();
        return NaNWhereNaN(x, result);
    }

    private static Vector512<double> ExpEachLane(Vector512<double> x) => Vector512.Create(
        Exp(x[0]), Exp(x[1]), Exp(x[2]), Exp(x[3]), Exp(x[4]), Exp(x[5]), Exp(x[6]), Exp(x[7]));

    // expm1(y) for -100 <= y <= 0, with a small relative error near 0 as well; NaN passes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double NegativeExpM1(double y)
    {
        var shifted = double.FusedMultiplyAdd(y, Log2E, ToExponent);
        var n = shifted - ToExponent;
        var scale = BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(shifted) << 52);
        return double.FusedMultiplyAdd(scale, ReducedExpM1(Reduce(y, n)), scale - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> NegativeExpM1(Vector512<double> y)
    {
        var shift = Vector512.Create(ToExponent);
        var shifted = Vector512.FusedMultiplyAdd(y, Vector512.Create(Log2E), shift);
        var n = shifted - shift;
        var scale = (shifted.AsUInt64() << 52).AsDouble();
        return Vector512.FusedMultiplyAdd(scale, ReducedExpM1(Reduce(y, n)), scale - Vector512<double>.One);
    }

    // x - n ln 2: the first step is exact, the second rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Reduce(double x, double n) =>
        double.FusedMultiplyAdd(n, -Ln2Rest, double.FusedMultiplyAdd(n, -Ln2, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Reduce(Vector512<double> x, Vector512<double> n) =>
        Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Rest), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2), x));

    // Even and odd powers apart: half the latency of Horner's rule for one more operation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ReducedExpM1(double r)
    {
        var z = r * r;
        var even = double.FusedMultiplyAdd(z, Exp10, Exp8);
        even = double.FusedMultiplyAdd(z, even, Exp6);
        even = double.FusedMultiplyAdd(z, even, Exp4);
        even = double.FusedMultiplyAdd(z, even, Exp2);
        even = double.FusedMultiplyAdd(z, even, Exp0);
        var odd = double.FusedMultiplyAdd(z, Exp9, Exp7);
        odd = double.FusedMultiplyAdd(z, odd, Exp5);
        odd = double.FusedMultiplyAdd(z, odd, Exp3);
        odd = double.FusedMultiplyAdd(z, odd, Exp1);
        return double.FusedMultiplyAdd(z, double.FusedMultiplyAdd(r, odd, even), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ReducedExpM1(Vector512<double> r)
    {
        var z = r * r;
        var even = Vector512.FusedMultiplyAdd(z, Vector512.Create(Exp10), Vector512.Create(Exp8));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Exp6));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Exp4));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Exp2));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Exp0));
        var odd = Vector512.FusedMultiplyAdd(z, Vector512.Create(Exp9), Vector512.Create(Exp7));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Exp5));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Exp3));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Exp1));
        return Vector512.FusedMultiplyAdd(z, Vector512.FusedMultiplyAdd(r, odd, even), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> NaNWhereNaN(Vector512<double> x, Vector512<double> result) =>
        Vector512.ConditionalSelect(Vector512.Equals(x, x), result, Vector512.Create(double.NaN));

    // The sign bit of one, the rest of the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> WithSign(Vector512<double> magnitude, Vector512<double> sign) =>
        Vector512.ConditionalSelect(Vector512.Create(-0.0), sign, magnitude);
}
