using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Runs.Records;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Shares of the experts in the training samples of each epoch, one upon the other.</summary>
internal static class LoadOverTimeFigure
{
    // As many as there are colours.
    private const int Most = 8;

    /// <returns>Null if the load was recorded less than twice.</returns>
    public static Figure? Of(FinishedRun run)
    {
        if (run.Loads.Count < 2) return null;
        var experts = run.Loads[0].Samples.Length;
        int[] shown = experts <= Most ? [.. Enumerable.Range(0, experts)] : ShownExperts.Busiest([.. run.Loads.Select(load => load.Samples)], Most - 1);
        double[] x = [.. run.Loads.Select(load => load.Step + 1.0)];
        var plot = FigurePlot.New("", "step", "share of the samples (%)");
        var below = new double[x.Length];
        var names = new List<(string Name, SeriesStyle Style)>();
        foreach (var (i, m) in shown.Index()) Add(Invariant($"expert {m}"), i, load => load.Samples[m]);
        if (shown.Length < experts) Add(Invariant($"{experts - shown.Length} others"), shown.Length, load => load.Samples.Sum(samples => (long)samples) - shown.Sum(m => (long)load.Samples[m]));
        plot.Axes.SetLimits(x[0], x[^1], 0, 100);
        var rows = LegendRow.Rows(860, names.Select(item => item.Name));
        var every = run.Loads.Count > 1 ? run.Loads[1].Step - run.Loads[0].Step : 1;
        return new FigureSheet(860, 300 + (rows * LegendRow.Height))
            .Add(LegendRow.Markers(860, names.Select(item => (item.Name, item.Style with { Marker = ScottPlot.MarkerShape.FilledSquare }))), 0, 0, 860, rows * LegendRow.Height)
            .Add(plot, 0, rows * LegendRow.Height, 860, 300)
            .Draw(
                "load-over-time", "Load of the experts over training",
                Invariant($"Share of each expert in the training samples of an epoch, one upon the other, every {every:#,0} steps. A share that goes to 0 is an expert that is no longer used."));

        void Add(string name, int color, Func<LoadRecord, long> samples)
        {
            double[] above = [.. run.Loads.Select((load, i) => below[i] + (100.0 * samples(load) / Math.Max(1, load.Samples.Sum(count => (long)count))))];
            var area = plot.Add.FillY(x, below, above);
            area.FillColor = SeriesStyle.Of(color).Color;
            area.LineColor = ScottPlot.Colors.White;
            area.LineWidth = 0.8f;
            area.MarkerSize = 0;
            names.Add((name, SeriesStyle.Of(color)));
            below = above;
        }
    }
}
