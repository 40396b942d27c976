using System.Globalization;
using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Accuracy of every expert on every cluster without the router, as a table.</summary>
internal static class UnroutedFigure
{
    // The accuracy of guessing is white, 100 % is dark.
    private const double Guessing = 50;

    public static Figure Of(FinishedRun run)
    {
        var accuracy = run.Analysis.UnroutedAccuracy;
        var served = ServedClusters.Of(run.Summary.DispatchCounts);
        var cells = ClusterCells.Of(run.Summary.DispatchCounts);
        var shade = cells.Pick((k, m) => (accuracy[k][m] - Guessing) / (100 - Guessing));
        var text = cells.Text((k, m) => double.IsNaN(accuracy[k][m]) ? "none" : accuracy[k][m].ToString("0.0", CultureInfo.InvariantCulture));
        var map = HeatMap.Draw("", shade, text, cells.Rows, cells.Columns, (r, c) => served[cells.Experts[c]] == cells.Clusters[r]);
        return cells.Sheet(map).Draw(
            "unrouted", "Every expert alone on every cluster: test accuracy (%)",
            "Test accuracy in percent of each expert on all test samples of each cluster, without the router; white is guessing (50 % or less). "
            + "A frame marks the cluster that the expert gets most of its training samples from. Theorem 4.2 claims that experts are accurate on the cluster they serve, so numbers in frames should be near 100."
            + cells.Omitted);
    }
}
