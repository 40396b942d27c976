using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Statistics;

/// <summary>
/// The 95 % interval of a difference of two means whose variances need not be equal (Welch 1947; degrees of freedom by
/// Satterthwaite's formula).
/// </summary>
/// <param name="Difference">First minus second mean.</param>
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
        // s^2 / n = (population s)^2 / (n - 1).
        return Of(ours.Mean - published.Value, deviation * deviation / ours.Count, ours.Count, population * population / (published.Runs - 1), published.Runs);
    }

    /// <summary>The interval of one sample's mean minus another's.</summary>
    /// <param name="a">The first sample.</param>
    /// <param name="b">The second.</param>
    /// <returns>Null if a sample has only one value, which says nothing about its variance.</returns>
    public static WelchInterval? Of(Sample a, Sample b) =>
        a.SampleDeviation is { } x && b.SampleDeviation is { } y ? Of(a.Mean - b.Mean, x * x / a.Count, a.Count, y * y / b.Count, b.Count) : null;

    // Of the squared standard errors of the means.
    private static WelchInterval Of(double difference, double own, int ownCount, double other, int otherCount)
    {
        var sum = own + other;
        if (sum == 0) return new WelchInterval(difference, null, new Interval(difference, difference));
        var degrees = sum * sum / ((own * own / (ownCount - 1)) + (other * other / (otherCount - 1)));
        // The library refuses degrees that are not a number, which a diverged run produces.
        var half = double.IsNaN(degrees) ? double.NaN : StudentT.HalfWidth95(Math.Sqrt(sum), degrees);
        return new WelchInterval(difference, degrees, new Interval(difference - half, difference + half));
    }
}
