namespace MoeOrleans.Compute.Numerics;

internal static partial class SpecialFunctions
{
    private const double TwoOverPi = 0.6366197723675814;

    // pi/2 as the sum of three doubles.
    private const double HalfPi = 1.5707963267948966;
    private const double HalfPiRest = 6.123233995736766e-17;
    private const double HalfPiRestRest = -1.4973849048591698e-33;

    // 2^30: up to here the reduction is measured.
    private const double AngleHighest = 1073741824;

    // 2^-26: sin(x) rounds to x.
    private const double AngleTiny = 1.4901161193847656e-08;

    // sin(r) = r + r z (Sin0 + Sin1 z + ...), z = r^2, on |r| <= pi/4.
    private const double Sin0 = -0.16666666666666632;
    private const double Sin1 = 0.008333333333322413;
    private const double Sin2 = -0.00019841269829807808;
    private const double Sin3 = 2.7557313691915683e-06;
    private const double Sin4 = -2.5050758115015053e-08;
    private const double Sin5 = 1.5896795654079321e-10;

    // cos(r) = 1 - z / 2 + z^2 (Cos0 + Cos1 z + ...), z = r^2, on |r| <= pi/4.
    private const double Cos0 = 0.0416666666666666;
    private const double Cos1 = -0.0013888888888874125;
    private const double Cos2 = 2.480158728948221e-05;
    private const double Cos3 = -2.755731435233889e-07;
    private const double Cos4 = 2.0875723273937076e-09;
    private const double Cos5 = -1.1359647835492168e-11;

    /// <summary>The sine of x, an angle in radians.</summary>
    /// <remarks>
    /// Error at most 0.76 ulp for |x| up to 2^30, near the multiples of pi as well; odd to the last bit; +-0 at +-0. Further
    /// out and at +-inf the result is NaN rather than digits without meaning. Cody and Waite's reduction with pi/2 to 160
    /// bits, the remainder kept as the sum of two doubles.
    /// </remarks>
    /// <param name="x">An angle, at most 2^30 in magnitude.</param>
    /// <returns>sin x.</returns>
    public static double Sin(double x)
    {
        if (!(Math.Abs(x) <= AngleHighest))
            return double.NaN;
        if (Math.Abs(x) < AngleTiny)
            return x;
        var (high, low, quadrant) = ReduceAngle(x);
        var magnitude = (quadrant & 1) == 0 ? ReducedSin(high, low) : ReducedCos(high, low);
        return (quadrant & 2) == 0 ? magnitude : -magnitude;
    }

    /// <summary>The cosine of x, an angle in radians.</summary>
    /// <remarks>
    /// Error at most 0.76 ulp for |x| up to 2^30, near the odd multiples of pi/2 as well; even to the last bit. Further out
    /// and at +-inf the result is NaN, as for <see cref="Sin"/>.
    /// </remarks>
    /// <param name="x">An angle, at most 2^30 in magnitude.</param>
    /// <returns>cos x.</returns>
    public static double Cos(double x)
    {
        if (!(Math.Abs(x) <= AngleHighest))
            return double.NaN;
        var (high, low, quadrant) = ReduceAngle(x);
        var magnitude = (quadrant & 1) == 0 ? ReducedCos(high, low) : ReducedSin(high, low);
        return ((quadrant + 1) & 2) == 0 ? magnitude : -magnitude;
    }

    // x - n pi/2 as high + low, and the quadrant n mod 4.
    private static (double High, double Low, int Quadrant) ReduceAngle(double x)
    {
        var shifted = double.FusedMultiplyAdd(x, TwoOverPi, ToInteger);
        var n = shifted - ToInteger;
        var quadrant = (int)(BitConverter.DoubleToUInt64Bits(shifted) & 3);

        // Exact: a multiple of x's last place or of HalfPi's, below 1.
        var first = double.FusedMultiplyAdd(n, -HalfPi, x);

        // first - n HalfPiRest without error as sum - productError + sumError; then the last part. Close to a multiple of
        // pi/2 the sum cancels and the product's error is what is left, hence the last line, which normalises.
        var product = n * HalfPiRest;
        var productError = double.FusedMultiplyAdd(n, HalfPiRest, -product);
        var sum = first - product;
        var back = sum - first;
        var sumError = (first - (sum - back)) - (product + back);
        var rest = double.FusedMultiplyAdd(n, -HalfPiRestRest, sumError - productError);
        var high = sum + rest;
        return (high, (sum - high) + rest, quadrant);
    }

    private static double ReducedSin(double high, double low)
    {
        var z = high * high;
        var s = double.FusedMultiplyAdd(z, Sin5, Sin4);
        s = double.FusedMultiplyAdd(z, s, Sin3);
        s = double.FusedMultiplyAdd(z, s, Sin2);
        s = double.FusedMultiplyAdd(z, s, Sin1);
        s = double.FusedMultiplyAdd(z, s, Sin0);
        var lowTimesCos = low * double.FusedMultiplyAdd(z, -0.5, 1);
        return high + double.FusedMultiplyAdd(high * z, s, lowTimesCos);
    }

    private static double ReducedCos(double high, double low)
    {
        var z = high * high;
        var c = double.FusedMultiplyAdd(z, Cos5, Cos4);
        c = double.FusedMultiplyAdd(z, c, Cos3);
        c = double.FusedMultiplyAdd(z, c, Cos2);
        c = double.FusedMultiplyAdd(z, c, Cos1);
        c = double.FusedMultiplyAdd(z, c, Cos0);

        // 1 - z / 2 with its rounding error, and the second-order term of low.
        var half = 0.5 * z;
        var sum = 1 - half;
        var error = (1 - sum) - half;
        return sum + (error + double.FusedMultiplyAdd(z * z, c, -(high * low)));
    }
}
