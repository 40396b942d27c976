namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Chooses the experts that fit into a figure: all, or the busiest.</summary>
internal static class ShownExperts
{
    /// <summary>The experts with the most samples, in ascending order.</summary>
    /// <param name="counts">Clusters x experts.</param>
    /// <param name="most">Number of experts that fit.</param>
    public static int[] Busiest(int[][] counts, int most) =>
        [.. Enumerable.Range(0, counts[0].Length).OrderByDescending(m => counts.Sum(row => row[m])).ThenBy(m => m).Take(most).Order()];

    /// <summary>What a caption says about omitted items; empty if all are shown.</summary>
    /// <param name="shown">Number of items that are shown.</param>
    /// <param name="all">Number of all items.</param>
    /// <param name="kind">Plural noun of the items, such as experts.</param>
    /// <param name="which">The choice, such as "the busiest".</param>
    public static string Omitted(int shown, int all, string kind, string which) =>
        shown == all ? "" : FormattableString.Invariant($" Shown are {which} {shown} of {all} {kind}.");
}
