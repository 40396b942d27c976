using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Runs.Records;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>The time of a step's parts over the steps of a run.</summary>
internal static class TimeFigure
{
    private const int Windows = 60;

    private static readonly (string Name, Func<StepRecord, double> Time)[] Parts =
    [
        ("whole step", step => step.StepMilliseconds),
        ("compute, all threads", step => step.ComputeMilliseconds),
        ("dispatch", step => step.DispatchMilliseconds),
        ("commit", step => step.CommitMilliseconds),
    ];

    /// <returns>Null if the steps were not timed.</returns>
    public static Figure? Of(FinishedRun run)
    {
        if (run.Steps.All(step => step.StepMilliseconds <= 0)) return null;
        var windows = run.Steps.Chunk((run.Steps.Count + Windows - 1) / Windows).ToList();
        double[] x = [.. windows.Select(window => window.Average(step => (double)step.Step))];
        var plot = FigurePlot.New("", "step", "time (ms)");
        for (var i = 0; i < Parts.Length; i++)
            FigurePlot.DrawCurve(plot, x, [.. windows.Select(window => Median(window.Select(Parts[i].Time)))], SeriesStyle.Of(i));
        plot.Axes.AutoScale();
        var top = plot.Axes.GetLimits().Top;
        plot.Axes.SetLimits(x[0], Math.Max(x[^1], x[0] + 1), 0, top);
        var each = (run.Steps.Count + Windows - 1) / Windows;
        return new FigureSheet(860, 340)
            .Add(LegendRow.Lines(860, Parts.Select((part, i) => (part.Name, SeriesStyle.Of(i)))), 0, 0, 860, LegendRow.Height)
            .Add(plot, 0, LegendRow.Height, 860, 340 - LegendRow.Height)
            .Draw(
                "time", "Time per step",
                (each == 1 ? "Time of each step" : Invariant($"Median time of each {each} steps"))
                + ": the whole step, the time on compute lanes (summed over threads, so it can be more than the whole step), the longest time that a router waited for its experts, and the wave of commits. Times belong to the machine of the run.");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
