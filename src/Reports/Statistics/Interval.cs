namespace MoeOrleans.Reports.Statistics;

/// <summary>A closed interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, at least <paramref name="Low"/>.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Whether a value lies in it; NaN lies in none.</summary>
    /// <param name="value">The value.</param>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>The interval with both ends moved outwards.</summary>
    /// <param name="by">How far, not negative.</param>
    public Interval Widened(double by) => new(Low - by, High + by);
}
