using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Published;

/// <summary>
/// Theorem 4.1: how accurate a model F(x) = sum_p f(x^(p)), and so any single two-layer CNN, can be. Half of the samples have
/// eps = -y; they fall into quadruples (<see cref="Compute.Analysis.SwapTest"/>) of which at least one sample is wrong. A
/// quadruple's mass is that of the rarer of its two pairs, so
/// P(F errs) >= 1/8 of the integral of min(p_alpha(a) p_gamma(g), p_alpha(g) p_gamma(a)) over a and g; for uniform strengths
/// that integral is the probability that alpha and gamma both lie in the range that they have in common.
/// </summary>
/// <param name="ErrorProbability">Least probability of an error.</param>
/// <param name="Accuracy">Largest accuracy, in percent.</param>
internal sealed record SingleModelBound(double ErrorProbability, double Accuracy)
{
    // Half for eps = -y, one of four samples.
    private const double EqualDistributions = 1.0 / 8;

    /// <summary>The bound on a data set's distribution.</summary>
    /// <param name="data">The ranges of alpha and gamma.</param>
    public static SingleModelBound Of(DataSpec data)
    {
        var error = EqualDistributions * Common(data.Alpha, data.Gamma);
        return new SingleModelBound(error, 100 * (1 - error));
    }

    /// <summary>Standard error, in percentage points, of an accuracy measured on independent samples if the true accuracy is the bound.</summary>
    /// <param name="samples">Number of test samples.</param>
    public double StandardError(int samples) => 100 * Math.Sqrt(ErrorProbability * (1 - ErrorProbability) / samples);

    private static double Common(UniformRange alpha, UniformRange gamma)
    {
        if (alpha == gamma) return 1;
        var common = Math.Min(alpha.High, gamma.High) - Math.Max(alpha.Low, gamma.Low);
        // A strength that is one value has no mass to be swapped with another's range.
        return common <= 0 ? 0 : common / (alpha.High - alpha.Low) * (common / (gamma.High - gamma.Low));
    }
}
