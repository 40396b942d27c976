using System.Globalization;
using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Figures.Runs;
using MoeOrleans.Reports.Findings;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>Theorem 4.2: the experts of each cluster and their accuracy on it, for the first run of each recipe and setting.</summary>
internal static class SpecialisationFigures
{
    private const int CellWidth = 50;
    private const double Guessing = 50;

    public static IReadOnlyList<Figure> Of(IReadOnlyList<SpecialisationRow> rows) => [.. rows.Select(Of)];

    private static Figure Of(SpecialisationRow row)
    {
        var run = row.Runs[0];
        var cells = ClusterCells.Of(run.DispatchCounts);
        var served = run.Experts.Select(expert => expert.Cluster).ToArray();
        var dispatch = HeatMap.Draw(
            "Training samples",
            cells.Pick((k, m) => (double)run.DispatchCounts[k][m] / Math.Max(1, run.DispatchCounts[k].Sum())),
            cells.Text((k, m) => run.DispatchCounts[k][m].ToString("#,0", CultureInfo.InvariantCulture)),
            cells.Rows, cells.Columns, Served);
        var unrouted = HeatMap.Draw(
            "Accuracy without the router (%)",
            cells.Pick((k, m) => (run.UnroutedAccuracy[k][m] - Guessing) / (100 - Guessing)),
            cells.Text((k, m) => run.UnroutedAccuracy[k][m].ToString("0.0", CultureInfo.InvariantCulture)),
            cells.Rows, cells.Columns, Served);
        var width = Math.Max(300, 80 + (CellWidth * cells.Experts.Length));
        var height = 96 + (HeatMap.RowHeight * cells.Clusters.Length);
        var id = $"specialisation-{FindingsFormat.Name(row.Recipe)}-{row.Setting}-{row.Activation.Name}";
        return new FigureSheet(2 * width, height).Add(dispatch, 0, 0, width, height).Add(unrouted, width, 0, width, height).Draw(
            id.ToLowerInvariant(), $"Theorem 4.2: {FindingsFormat.Name(row.Recipe)} recipe, {ModelNames.Setting(row.Setting)}, {ModelNames.Of(row.Activation)} experts",
            Invariant($"Seed {run.Seed}, the first of {ModelNames.Runs(row.Runs.Count)}. Left: training samples of each cluster at each expert in the last step. Right: test accuracy of each expert on each cluster without the router. A frame marks the cluster that an expert is counted to. ")
            + Invariant($"Training error {run.TrainError:0.00} %, test error {run.TestError:0.00} %, {run.TestErrorWithoutNoise:0.00} % without noise; misdispatched {run.Misdispatched:0.00} %. ")
            + "The theorem claims training error 0, test error near 0, a nonempty set of experts for each cluster, and that these are accurate on it." + cells.Omitted);

        bool Served(int r, int c) => served[cells.Experts[c]] == cells.Clusters[r];
    }
}
