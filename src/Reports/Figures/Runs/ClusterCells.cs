using System.Globalization;
using MoeOrleans.Reports.Figures.Drawing;
using ScottPlot;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>The clusters and experts that fit into a table of clusters x experts.</summary>
/// <param name="Clusters">Which clusters.</param>
/// <param name="Experts">Which experts.</param>
/// <param name="Omitted">What a caption says about the others.</param>
internal sealed record ClusterCells(int[] Clusters, int[] Experts, string Omitted)
{
    private const int Most = 32;
    // Wider tables have no room for numbers.
    private const int MostWithText = 16;

    /// <summary>Names of the rows.</summary>
    public IReadOnlyList<string> Rows => [.. Clusters.Select(k => k.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns => [.. Experts.Select(m => m.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The first clusters and the busiest experts.</summary>
    /// <param name="counts">Clusters x experts.</param>
    public static ClusterCells Of(int[][] counts)
    {
        int[] clusters = [.. Enumerable.Range(0, Math.Min(counts.Length, Most))];
        var experts = ShownExperts.Busiest(counts, Most);
        return new ClusterCells(
            clusters, experts,
            ShownExperts.Omitted(experts.Length, counts[0].Length, "experts", "the busiest") + ShownExperts.Omitted(clusters.Length, counts.Length, "clusters", "the first"));
    }

    /// <summary>A number for each cell.</summary>
    /// <param name="value">From cluster and expert.</param>
    public double[][] Pick(Func<int, int, double> value) => [.. Clusters.Select(k => Experts.Select(m => value(k, m)).ToArray())];

    /// <summary>The text of each cell; null if it does not fit.</summary>
    /// <param name="value">From cluster and expert.</param>
    public string[][]? Text(Func<int, int, string> value) =>
        Experts.Length > MostWithText ? null : [.. Clusters.Select(k => Experts.Select(m => value(k, m)).ToArray())];

    /// <summary>Puts the table on a sheet of its size.</summary>
    public FigureSheet Sheet(Plot table)
    {
        var width = Math.Max(320, 90 + (Experts.Length > MostWithText ? 24 : 74) * Experts.Length);
        var height = 70 + ((Experts.Length > MostWithText ? 24 : HeatMap.RowHeight) * Clusters.Length);
        return new FigureSheet(width, height).Add(table, 0, 0, width, height);
    }
}
