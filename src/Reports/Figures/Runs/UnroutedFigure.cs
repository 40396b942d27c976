using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures.Drawing;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Accuracy of every expert on every cluster without the router, as a table.</summary>
internal static class UnroutedFigure
{
    public static Figure Of(FinishedRun run)
    {
        var accuracy = run.Analysis.UnroutedAccuracy;
        // The accuracy of guessing is white, 100 % is dark. One output tells two classes apart.
        var guessing = 100.0 / Math.Max(2, run.Spec.Model.Outputs);
        var isMixture = run.Spec.Model.Kind == ModelKind.Mixture;
        var served = ServedClusters.Of(run.Summary.DispatchCounts);
        var cells = ClusterCells.Of(run.Summary.DispatchCounts);
        var shade = cells.Pick((k, m) => (accuracy[k][m] - guessing) / (100 - guessing));
        var text = cells.Text((k, m) => double.IsNaN(accuracy[k][m]) ? "none" : accuracy[k][m].ToString("0.0", CultureInfo.InvariantCulture));
        var map = HeatMap.Draw("", shade, text, run.HasClusters ? cells.Rows : ["all"], cells.Columns, (r, c) => isMixture && run.HasClusters && served[cells.Experts[c]] == cells.Clusters[r], run.HasClusters ? null : ("expert", "samples"));
        return cells.Sheet(map).Draw(
            run.HasClusters ? "unrouted" : "experts-alone", $"{(isMixture ? "Every expert alone" : "The model")}{(run.HasClusters ? " on every cluster" : "")}: test accuracy (%)",
            Invariant($"Test accuracy in percent of {(isMixture ? "each expert" : "the model")} on all test samples{(run.HasClusters ? " of each cluster" : "")}{(isMixture ? ", without the router" : "")}; white is guessing among all classes ({guessing:0.#} % or less).")
            + (!isMixture ? "" : run.HasClusters ? " A frame marks the cluster that the expert gets most of its training samples from." : " An expert that has specialised is right on its own samples and not on others, so it may score low here.")
            + (isMixture && run.IsOfThePaper ? " Theorem 4.2 claims that experts are accurate on the cluster they serve, so numbers in frames should be near 100." : "")
            + cells.Omitted);
    }
}
