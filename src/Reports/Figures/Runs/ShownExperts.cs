namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Which clusters and experts fit a figure: all, or the busiest.</summary>
internal static class ShownExperts
{
    /// <summary>The experts with the most samples, in order of their numbers.</summary>
    /// <param name="counts">Clusters x experts.</param>
    /// <param name="most">How many fit.</param>
    public static int[] Busiest(int[][] counts, int most) =>
        [.. Enumerable.Range(0, counts[0].Length).OrderByDescending(m => counts.Sum(row => row[m])).ThenBy(m => m).Take(most).Order()];

    /// <summary>What a caption says of those left out; empty where all are shown.</summary>
    /// <param name="shown">How many are shown.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="kind">What they are, in the plural.</param>
    /// <param name="which">Which are shown.</param>
    public static string Omitted(int shown, int all, string kind, string which) =>
        shown == all ? "" : FormattableString.Invariant($" Shown are {which} {shown} of {all} {kind}.");
}
