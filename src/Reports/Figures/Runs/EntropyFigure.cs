using MoeOrleans.Reports.Figures.Drawing;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Dispatch entropy over the steps of a run, below the line of a router that has learned nothing.</summary>
internal static class EntropyFigure
{
    /// <returns>Null if clusters are not known.</returns>
    public static Figure? Of(FinishedRun run)
    {
        if (!run.HasClusters) return null;
        var clusters = run.Summary.DispatchCounts.Length;
        var ceiling = Math.Log(clusters);
        var steps = Thinned.Of(run.Steps);
        double[] x = [.. steps.Select(step => (double)step.Step)];
        var plot = FigurePlot.New("", "step", "dispatch entropy (nats)");
        FigurePlot.DrawCurve(plot, x, [.. steps.Select(step => step.Entropy)], SeriesStyle.Of(0));
        FigurePlot.DrawReference(plot, ceiling, Invariant($"no specialisation, ln {clusters} = {ceiling:0.000}"), x[^1]);
        plot.Axes.SetLimits(x[0], Math.Max(x[^1], x[0] + 1), -0.03 * ceiling, 1.14 * ceiling);
        return new FigureSheet(860, 340).Add(plot, 0, 0, 860, 340).Draw(
            "entropy", "Dispatch entropy",
            Invariant($"How mixed the clusters are at the experts (training samples{(run.HasRouterNoise ? ", with the router's noise" : "")}): 0 where every expert serves one cluster, ln {clusters} = {ceiling:0.000} where the router has learned nothing. The last step's is {run.Steps[^1].Entropy:0.000}.{(run.IsOfThePaper ? " The paper claims that nonlinear experts come close to 0 and linear ones do not." : "")}"));
    }
}
