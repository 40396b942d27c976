using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Numerics;

internal static partial class SpecialFunctions
{
    // From 5.93 on erf rounds to 1.
    private const double ErfHighest = 5.95;

    // -ln(1 - erf(a)) = a + a (Erf0 + Erf1 a + ...) on [0, ErfHighest], the error relative to erf(a).
    private const double Erf0 = 0.12837916709551256;
    private const double Erf1 = 0.6366197723675836;
    private const double Erf2 = 0.10277260330178874;
    private const double Erf3 = -0.019128447005069785;
    private const double Erf4 = -0.00020919469484787683;
    private const double Erf5 = 0.0016962063857760895;
    private const double Erf6 = -0.0005901255530070354;
    private const double Erf7 = 2.587860453921115e-05;
    private const double Erf8 = 6.449186053757585e-05;
    private const double Erf9 = -2.9724046270764654e-05;
    private const double Erf10 = 3.4072667676218584e-06;
    private const double Erf11 = 2.8351375307976773e-06;
    private const double Erf12 = -1.7415440858888231e-06;
    private const double Erf13 = 3.363617427327815e-07;
    private const double Erf14 = 1.3718389862024778e-07;
    private const double Erf15 = -1.4176276251459439e-07;
    private const double Erf16 = 6.573377170683577e-08;
    private const double Erf17 = -2.096273072932345e-08;
    private const double Erf18 = 4.997722613500941e-09;
    private const double Erf19 = -9.082264400989467e-10;
    private const double Erf20 = 1.2484164021233144e-10;
    private const double Erf21 = -1.2611090778955034e-11;
    private const double Erf22 = 8.845665464131005e-13;
    private const double Erf23 = -3.8505815983566684e-14;
    private const double Erf24 = 7.834337841880933e-16;

    /// <summary>The error function of x, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.</summary>
    /// <remarks>
    /// Error at most 1.57 ulp, near 0 as well; odd to the last bit; +-0 at +-0, +-1 from +-5.93 on. One polynomial of
    /// degree 25 for the logarithm: erf |x| = -expm1(-g(|x|)), g = -ln(erfc), which has no seams and takes no division.
    /// </remarks>
    /// <param name="x">Any value.</param>
    /// <returns>erf x.</returns>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        a = a > ErfHighest ? ErfHighest : a;
        var z = a * a;
        var even = double.FusedMultiplyAdd(z, Erf24, Erf22);
        even = double.FusedMultiplyAdd(z, even, Erf20);
        even = double.FusedMultiplyAdd(z, even, Erf18);
        even = double.FusedMultiplyAdd(z, even, Erf16);
        even = double.FusedMultiplyAdd(z, even, Erf14);
        even = double.FusedMultiplyAdd(z, even, Erf12);
        even = double.FusedMultiplyAdd(z, even, Erf10);
        even = double.FusedMultiplyAdd(z, even, Erf8);
        even = double.FusedMultiplyAdd(z, even, Erf6);
        even = double.FusedMultiplyAdd(z, even, Erf4);
        even = double.FusedMultiplyAdd(z, even, Erf2);
        even = double.FusedMultiplyAdd(z, even, Erf0);
        var odd = double.FusedMultiplyAdd(z, Erf23, Erf21);
        odd = double.FusedMultiplyAdd(z, odd, Erf19);
        odd = double.FusedMultiplyAdd(z, odd, Erf17);
        odd = double.FusedMultiplyAdd(z, odd, Erf15);
        odd = double.FusedMultiplyAdd(z, odd, Erf13);
        odd = double.FusedMultiplyAdd(z, odd, Erf11);
        odd = double.FusedMultiplyAdd(z, odd, Erf9);
        odd = double.FusedMultiplyAdd(z, odd, Erf7);
        odd = double.FusedMultiplyAdd(z, odd, Erf5);
        odd = double.FusedMultiplyAdd(z, odd, Erf3);
        odd = double.FusedMultiplyAdd(z, odd, Erf1);
        var g = double.FusedMultiplyAdd(a, double.FusedMultiplyAdd(a, odd, even), a);
        var result = Math.CopySign(NegativeExpM1(-g), x);
        return double.IsNaN(x) ? double.NaN : result;
    }

    /// <summary>The error function of each lane; the bits of <see cref="Erf(double)"/>.</summary>
    /// <remarks>Error at most 1.57 ulp; limits as for <see cref="Erf(double)"/>.</remarks>
    /// <param name="x">Any values.</param>
    /// <returns>erf x.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Erf(Vector512<double> x)
    {
        if (!Vector256.IsHardwareAccelerated)
            return ErfEachLane(x);

        var highest = Vector512.Create(ErfHighest);
        var a = Vector512.Abs(x);
        a = Vector512.ConditionalSelect(Vector512.GreaterThan(a, highest), highest, a);
        var z = a * a;
        var even = Vector512.FusedMultiplyAdd(z, Vector512.Create(Erf24), Vector512.Create(Erf22));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf20));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf18));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf16));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf14));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf12));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf10));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf8));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf6));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf4));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf2));
        even = Vector512.FusedMultiplyAdd(z, even, Vector512.Create(Erf0));
        var odd = Vector512.FusedMultiplyAdd(z, Vector512.Create(Erf23), Vector512.Create(Erf21));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf19));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf17));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf15));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf13));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf11));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf9));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf7));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf5));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf3));
        odd = Vector512.FusedMultiplyAdd(z, odd, Vector512.Create(Erf1));
        var g = Vector512.FusedMultiplyAdd(a, Vector512.FusedMultiplyAdd(a, odd, even), a);
        return NaNWhereNaN(x, WithSign(NegativeExpM1(-g), x));
    }

    private static Vector512<double> ErfEachLane(Vector512<double> x) => Vector512.Create(
        Erf(x[0]), Erf(x[1]), Erf(x[2]), Erf(x[3]), Erf(x[4]), Erf(x[5]), Erf(x[6]), Erf(x[7]));
}
