namespace MoeOrleans.Compute.Numerics;

/// <summary>
/// Exponential, logarithm, hyperbolic tangent, error function, sine and cosine with the same bits on every machine, one at a
/// time and eight at a time. The platform's own call the C library or choose by vector width, so their last bits differ.
/// </summary>
/// <remarks>
/// <para>
/// Only operations that IEEE 754 defines to the last bit are used: + - * / and the fused multiply-add, comparison, selection
/// and integer arithmetic on the bits, in one fixed order. The scalar and the vector form of a function are the same
/// sequence, so they agree bit for bit on every input. Where vectors are narrower than 512 bits the vector form calls the
/// scalar one for each lane: a Vector512 put together from halves took 30 to 700 ns, by what the compiler inlined, where
/// this takes 50 to 100.
/// </para>
/// <para>
/// Whatever the payload and sign of a NaN argument, the result is the one <see cref="double.NaN"/>: which payload an
/// operation passes on is up to the processor.
/// </para>
/// <para>
/// Accuracies are the largest error seen, in units in the last place of the exact value, against mpmath on 200,000 arguments
/// a function, both random and near the seams. The polynomials are minimax; tests/Compute.Tests/Numerics/coefficients.py
/// computes their coefficients. The argument reductions are the classical ones (Cody and Waite; W. Kahan's summary of the
/// logarithm of x = 2^k (1 + f) by s = f / (2 + f)).
/// </para>
/// <para>For values of type float: widen, call, narrow.</para>
/// </remarks>
internal static partial class SpecialFunctions
{
    // The number whose last place is 1: added, it rounds to the nearest integer (ties to even), which then stands in the low
    // bits. An offset on top puts the exponent's bias there as well.
    private const double ToInteger = 6755399441055744.0;

    private const double Ln2 = 0.6931471805599453;

    // ln 2 - Ln2.
    private const double Ln2Rest = 2.3190468138462996e-17;

    private const double Log2E = 1.4426950408889634;
}
