using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Statistics;
using ScottPlot;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>Ablations and sweeps: accuracy, dispatch entropy and imbalance at each value, a figure for each sweep.</summary>
internal static class SweepFigures
{
    private const int PanelWidth = 320;
    private const int PanelHeight = 300;
    // Between series at the same value, as a part of the distance of two values.
    private const double Apart = 0.16;
    // A point's single runs, next to their mean.
    private const double Beside = 0.1;

    /// <summary>Draws them.</summary>
    public static IReadOnlyList<Figure> Of(IReadOnlyList<SweepPoint> points) => [.. points.GroupBy(point => point.Sweep).Select(group => Of(group.Key, [.. group]))];

    private static Figure Of(Sweep sweep, SweepPoint[] points)
    {
        var (id, title, axis) = sweep switch
        {
            Sweep.Noise => ("sweep-noise", "Router noise", "noise in"),
            Sweep.LoadBalance => ("sweep-load-balance", "Load-balancing loss", "coefficient"),
            Sweep.Experts => ("sweep-experts", "Number of experts", "experts M"),
            _ => ("sweep-clusters", "Number of clusters", "clusters K"),
        };
        string[] values = [.. points.Select(point => point.Value).Distinct()];
        var series = points.GroupBy(point => (point.Recipe, point.Setting, point.Activation)).ToList();
        List<(string Name, SeriesStyle Style)> legend =
            [.. series.Select((group, i) => ($"{FindingsFormat.Name(group.Key.Recipe)} recipe, {ModelNames.Setting(group.Key.Setting)}, {ModelNames.Of(group.Key.Activation)}", SeriesStyle.Of(i)))];
        const int width = 3 * PanelWidth;
        var top = LegendRow.Rows(width, legend.Select(item => item.Name)) * LegendRow.Height;
        return new FigureSheet(width, top + PanelHeight)
            .Add(LegendRow.Markers(width, legend), 0, 0, width, top)
            .Add(Panel("test accuracy (%)", point => point.TestAccuracy, run => run.TestAccuracy), 0, top, PanelWidth, PanelHeight)
            .Add(Panel("dispatch entropy (nats)", point => point.DispatchEntropy, run => run.DispatchEntropy), PanelWidth, top, PanelWidth, PanelHeight)
            .Add(Panel("busiest expert / mean", point => point.Imbalance, run => run.Imbalance), 2 * PanelWidth, top, PanelWidth, PanelHeight)
            .Draw(id, title, "Large markers are means over the runs, small ones beside them the single runs, bars reach from the smallest to the largest run: test accuracy with one draw of noise, dispatch entropy and imbalance of the last step.");

        Plot Panel(string name, Func<SweepPoint, Sample> of, Func<SweepRun, double> ofRun)
        {
            var plot = FigurePlot.New("", axis, name);
            foreach (var (s, group) in series.Index())
            {
                foreach (var point in group)
                {
                    var sample = of(point);
                    if (!double.IsFinite(sample.Mean)) continue;
                    var x = Array.IndexOf(values, point.Value) + ((s - ((series.Count - 1) / 2.0)) * Apart);
                    if (sample.Max > sample.Min) FigurePlot.DrawWhisker(plot, new Coordinates(x, sample.Min), new Coordinates(x, sample.Max), SeriesStyle.Of(s));
                    FigurePlot.DrawMarker(plot, x, sample.Mean, SeriesStyle.Of(s), 8);
                    FigurePlot.DrawMarkers(plot, [.. point.Each.Select(run => new Coordinates(x + Beside, ofRun(run)))], SeriesStyle.Of(s), 4);
                }
            }

            FigurePlot.Name(plot.Axes.Bottom, values);
            plot.Axes.Margins(0, 0.1);
            plot.Axes.AutoScaleY();
            plot.Axes.SetLimitsX(-0.6, values.Length - 0.4);
            return plot;
        }
    }
}
