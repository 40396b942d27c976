namespace MoeOrleans.Bench;

/// <summary>The middle and the ends of several measurements.</summary>
/// <param name="Median">Half of them are smaller.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>Of measurements in any order.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
