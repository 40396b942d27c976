using MathNet.Numerics.Statistics;

namespace MoeOrleans.Reports.Statistics;

/// <summary>Statistics of a few independent values of one quantity, in its unit.</summary>
/// <param name="Count">Number of values n, at least 1.</param>
/// <param name="Mean">Mean.</param>
/// <param name="PopulationDeviation">Deviation with divisor n, as in the paper's tables.</param>
/// <param name="SampleDeviation">Deviation with divisor n - 1; null for one value.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Mean95">95 % interval of the mean by Student's t; null for one value.</param>
internal sealed record Sample(
    int Count, double Mean, double PopulationDeviation, double? SampleDeviation, double Min, double Max, Interval? Mean95)
{
    /// <summary>Summarises values.</summary>
    /// <param name="values">At least one value. A NaN makes every figure NaN, so that it cannot be overlooked.</param>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static Sample Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0) throw new ArgumentException("A sample has at least one value.", nameof(values));
        // The library's extremes overlook a NaN that is not the first.
        if (all.Any(double.IsNaN)) Array.Fill(all, double.NaN);
        var mean = all.Mean();
        if (all.Length == 1) return new Sample(1, mean, all[0] - all[0], null, all[0], all[0], null);
        var deviation = all.StandardDeviation();
        var half = StudentT.HalfWidth95(deviation / Math.Sqrt(all.Length), all.Length - 1);
        return new Sample(all.Length, mean, all.PopulationStandardDeviation(), deviation, all.Min(), all.Max(), new Interval(mean - half, mean + half));
    }
}
