using System.Globalization;
using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>The last training dispatch as a table of clusters x experts.</summary>
internal static class DispatchFigure
{
    /// <returns>Null if clusters are not known.</returns>
    public static Figure? Of(FinishedRun run)
    {
        if (!run.HasClusters) return null;
        var counts = run.Summary.DispatchCounts;
        var cells = ClusterCells.Of(counts);
        var shade = cells.Pick((k, m) => (double)counts[k][m] / Math.Max(1, counts[k].Sum()));
        var text = cells.Text((k, m) => counts[k][m].ToString("#,0", CultureInfo.InvariantCulture));
        return cells.Sheet(HeatMap.Draw("", shade, text, cells.Rows, cells.Columns, (_, _) => false)).Draw(
            "dispatch", "Dispatch: samples of each cluster at each expert",
            $"Training samples of the {run.Measured} by cluster and by the expert that the router sent them to; the darker, the larger the share of the cluster."
            + (run.IsOfThePaper ? " The paper claims that nonlinear experts each get samples of one cluster alone, so that a column has one number that matters." : "") + cells.Omitted);
    }
}
