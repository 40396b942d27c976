namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>Limits the points of a curve: a figure has fewer pixels than a long run has steps.</summary>
internal static class Thinned
{
    public const int Most = 600;

    /// <summary>Every n-th item and the last, at most <see cref="Most"/> + 1.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items)
    {
        if (items.Count <= Most) return items;
        var every = (items.Count + Most - 1) / Most;
        return [.. items.Where((_, i) => i % every == 0 || i == items.Count - 1)];
    }
}
