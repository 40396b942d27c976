using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Findings;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>Dispatch entropy over training, linear against nonlinear, with the authors' published points.</summary>
internal static class EntropyCurvesFigure
{
    private const int AloneWidth = 720;
    private const int PairWidth = 470;
    private const int PanelHeight = 340;
    private const byte BandAlpha = 55;

    /// <summary>Draws a plot for each setting.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="clusters">Number of clusters K of the data.</param>
    /// <returns>Null without curves.</returns>
    public static Figure? Of(IReadOnlyList<EntropyCurve> curves, int clusters)
    {
        if (curves.Count == 0) return null;
        var settings = curves.GroupBy(curve => curve.Setting).ToList();
        var columns = Math.Min(2, settings.Count);
        var panelWidth = columns == 1 ? AloneWidth : PairWidth;
        var width = columns * panelWidth;
        List<(string, SeriesStyle)> legend = [.. curves.Select(curve => curve.Activation).Distinct().Select(a => ($"{ModelNames.Of(a)}: mean and 95 % interval", ModelStyle.Of(a)))];
        var published = curves.Any(curve => curve.Comparisons.Count > 0);
        var markers = published ? LegendRow.Height : 0;
        var lines = LegendRow.Rows(width, legend.Select(item => item.Item1)) * LegendRow.Height;
        var sheet = new FigureSheet(width, lines + markers + ((settings.Count + columns - 1) / columns * PanelHeight));
        sheet.Add(LegendRow.Lines(width, legend), 0, 0, width, lines);
        if (published) sheet.Add(LegendRow.Markers(width, [("the authors' recorded points, with 95 % half-widths", ModelStyle.Published)]), 0, lines, width, markers);
        foreach (var (i, setting) in settings.Index())
            sheet.Add(Panel(setting.Key, [.. setting], clusters), i % columns * panelWidth, lines + markers + (i / columns * PanelHeight), panelWidth, PanelHeight);
        return sheet.Draw(
            "entropy-curves", "Dispatch entropy over training",
            Invariant($"Mean over {string.Join(", ", curves.Select(curve => curve.Runs).Distinct())} runs with the 95 % interval of the mean by Student's t; noise is drawn once for each run and kept, as in the authors' curves. ")
            + (published ? "Diamonds are the authors' recorded dispatch entropy (official repository uclaml/MoE) with their 95 % half-widths. " : "")
            + "The paper claims that the nonlinear mixture's entropy falls to near 0 and the linear one's stays high.");
    }

    private static Plot Panel(string setting, EntropyCurve[] curves, int clusters)
    {
        var ceiling = Math.Log(clusters);
        var plot = FigurePlot.New(ModelNames.Setting(setting), "step", "dispatch entropy (nats)");
        double last = Math.Max(1, curves.Max(curve => curve.Points[^1].Step));
        foreach (var curve in curves)
        {
            var style = ModelStyle.Of(curve.Activation);
            var points = Thinned.Of(curve.Points);
            double[] x = [.. points.Select(point => (double)point.Step)];
            if (points.All(point => point.HalfWidth is not null))
            {
                var band = plot.Add.FillY(x, [.. points.Select(point => point.Mean - point.HalfWidth!.Value)], [.. points.Select(point => point.Mean + point.HalfWidth!.Value)]);
                band.FillColor = style.Color.WithAlpha(BandAlpha);
                band.LineWidth = 0;
                band.MarkerSize = 0;
            }

            FigurePlot.DrawCurve(plot, x, [.. points.Select(point => point.Mean)], style);
        }

        foreach (var point in curves.SelectMany(curve => curve.Comparisons).Select(comparison => comparison.Published))
        {
            FigurePlot.DrawWhisker(plot, new Coordinates(point.Epoch, point.Mean - point.HalfWidth), new Coordinates(point.Epoch, point.Mean + point.HalfWidth), ModelStyle.Published);
            FigurePlot.DrawMarker(plot, point.Epoch, point.Mean, ModelStyle.Published, 8);
        }

        FigurePlot.DrawReference(plot, ceiling, Invariant($"no specialisation, ln {clusters}"), last);
        plot.Axes.SetLimits(-0.02 * last, 1.02 * last, -0.05 * ceiling, 1.14 * ceiling);
        return plot;
    }
}
