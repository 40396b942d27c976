namespace MoeOrleans.Reports.Statistics;

/// <summary>A closed interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, at least <paramref name="Low"/>.</param>
internal readonly record struct Interval(double Low, double High)
{
    /// <summary>Whether the interval contains a value. No interval contains NaN.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>The interval with both ends moved outwards.</summary>
    /// <param name="by">The distance, not negative.</param>
    public Interval Widened(double by) => new(Low - by, High + by);
}
