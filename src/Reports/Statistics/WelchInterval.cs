using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Statistics;

/// <summary>
/// The 95 % interval of a difference of two means whose variances need not be equal (Welch 1947; degrees of freedom by
/// Satterthwaite's formula).
/// </summary>
/// <param name="Difference">Ours minus published.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom; null if neither side varies.</param>
/// <param name="Difference95">The interval; a single point if neither side varies.</param>
internal sealed record WelchInterval(double Difference, double? DegreesOfFreedom, Interval Difference95)
{
    /// <summary>The interval of ours minus published.</summary>
    /// <param name="ours">Our values.</param>
    /// <param name="published">The published value; its deviation is a population deviation.</param>
    /// <returns>Null if a side has only one value, which says nothing about its variance.</returns>
    public static WelchInterval? Of(Sample ours, PublishedValue published)
    {
        if (ours.SampleDeviation is not { } deviation || published.Runs < 2 || published.PopulationDeviation is not { } population) return null;
        var difference = ours.Mean - published.Value;
        // Squared standard errors of the means; s^2 / n = (population s)^2 / (n - 1).
        var own = deviation * deviation / ours.Count;
        var other = population * population / (published.Runs - 1);
        var sum = own + other;
        if (sum == 0) return new WelchInterval(difference, null, new Interval(difference, difference));
        var degrees = sum * sum / ((own * own / (ours.Count - 1)) + (other * other / (published.Runs - 1)));
        // The library refuses degrees that are not a number, which a diverged run produces.
        var half = double.IsNaN(degrees) ? double.NaN : StudentT.HalfWidth95(Math.Sqrt(sum), degrees);
        return new WelchInterval(difference, degrees, new Interval(difference - half, difference + half));
    }
}
