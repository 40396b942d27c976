using System.Globalization;
using MoeOrleans.Reports.Figures.Drawing;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Samples at each expert in the last step or epoch, and imbalance over the steps.</summary>
internal static class LoadFigure
{
    private const int MostBars = 32;
    private const int MostNumbers = 8;

    public static Figure Of(FinishedRun run)
    {
        var counts = run.Summary.DispatchCounts;
        var shown = ShownExperts.Busiest(counts, MostBars);
        double[] samples = [.. shown.Select(m => (double)counts.Sum(row => row[m]))];
        var bars = FigurePlot.New($"Samples at each expert, {run.Measured}", "expert", "training samples");
        bars.Grid.XAxisStyle.IsVisible = false;
        for (var i = 0; i < samples.Length; i++)
        {
            var bar = bars.Add.Rectangle(i - 0.36, i + 0.36, 0, samples[i]);
            bar.FillColor = SeriesStyle.Of(0).Color;
            bar.LineWidth = 0;
            if (samples.Length <= MostNumbers)
                FigurePlot.Write(bars, samples[i].ToString("#,0", CultureInfo.InvariantCulture), new Coordinates(i, samples[i]), Alignment.LowerCenter);
        }

        var even = (double)counts.Sum(row => row.Sum()) / counts[0].Length;
        bars.Add.HorizontalLine(even, 1.2f, SeriesStyle.Guide, LinePattern.DenselyDashed);
        FigurePlot.Name(bars.Axes.Bottom, [.. shown.Select(m => m.ToString(CultureInfo.InvariantCulture))]);
        bars.Axes.SetLimits(-0.6, samples.Length - 0.4, 0, Math.Max(samples.Max(), even) * 1.15);

        var steps = Thinned.Of(run.Steps);
        double[] x = [.. steps.Select(step => (double)step.Step)];
        var imbalance = FigurePlot.New("Imbalance", "step", "busiest expert / mean");
        FigurePlot.DrawCurve(imbalance, x, [.. steps.Select(step => step.Imbalance)], SeriesStyle.Of(0));
        FigurePlot.DrawReference(imbalance, 1, "even", x[^1]);
        imbalance.Axes.SetLimits(x[0], Math.Max(x[^1], x[0] + 1), 0.9, Math.Max(2, 1.08 * run.Steps.Max(step => step.Imbalance)));
        return new FigureSheet(860, 320).Add(bars, 0, 0, 430, 320).Add(imbalance, 430, 0, 430, 320).Draw(
            "load", "Load of the experts",
            Invariant($"Left: training samples at each expert in the {run.Measured}; the dashed line is an even load, {even:#,0}. Right: the busiest expert's samples over the mean, at the last step {run.Steps[^1].Imbalance:0.00}; 1 is even, {counts[0].Length} is one expert for all samples.")
            + ShownExperts.Omitted(shown.Length, counts[0].Length, "experts", "the busiest"));
    }
}
