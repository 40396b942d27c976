using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Findings;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>Theorem 4.1: single models against the bound of each setting.</summary>
internal static class BoundsFigure
{
    private const int Width = 860;

    /// <summary>Draws a plot for each setting.</summary>
    /// <returns>Null without rows.</returns>
    public static Figure? Of(IReadOnlyList<BoundRow> rows)
    {
        if (rows.Count == 0) return null;
        var settings = rows.GroupBy(row => row.Setting).ToList();
        var height = settings.Sum(setting => DotRows.Height(setting.Count()));
        List<(string, SeriesStyle)> legend =
        [
            .. rows.Select(row => row.Activation).Distinct().Select(activation => (ModelNames.Of(activation), ModelStyle.Of(activation))),
            ("mean", SeriesStyle.Of(4) with { Marker = MarkerShape.VerticalBar }),
        ];
        var top = LegendRow.Rows(Width, legend.Select(item => item.Item1)) * LegendRow.Height;
        var (low, _) = DotRows.Percent(rows.SelectMany(row => row.Runs).Select(run => run.TestAccuracy));
        // Room for the bound's number next to its line.
        var allowed = rows.Max(row => row.Allowed);
        var high = Math.Max(allowed + (0.1 * (allowed - low)), rows.SelectMany(row => row.Runs).Select(run => run.TestAccuracy).Where(double.IsFinite).DefaultIfEmpty(0).Max() + 0.8);
        var sheet = new FigureSheet(Width, top + height).Add(LegendRow.Markers(Width, legend), 0, 0, Width, top);
        var y = top;
        foreach (var setting in settings)
        {
            var panel = DotRows.Height(setting.Count());
            sheet.Add(Panel(setting.Key, [.. setting], low, high), 0, y, Width, panel);
            y += panel;
        }

        return sheet.Draw(
            "bounds", "Theorem 4.1: single models against their bound",
            "Each dot is a single model's test accuracy. Whatever its activation, a single two-layer model cannot exceed the solid line: 87.5 % where both strengths have the same distribution, less strict where they share only a part. "
            + "The dashed line is two standard errors of the test set above it. Dots belong to the left of the dashed line.");
    }

    private static Plot Panel(string setting, BoundRow[] rows, double low, double high)
    {
        var plot = DotRows.Draw(
            ModelNames.Setting(setting), "test accuracy (%)",
            [.. rows.Select(row => new DotRow($"{ModelNames.Of(row.Activation)}, J = {row.Filters}", ModelStyle.Of(row.Activation), [.. row.Runs.Select(run => run.TestAccuracy)], row.TestAccuracy.Mean))],
            low, high);
        plot.Add.VerticalLine(rows[0].Bound.Accuracy, 2, Colors.Black, LinePattern.Solid);
        plot.Add.VerticalLine(rows[0].Allowed, 1.2f, SeriesStyle.Guide, LinePattern.DenselyDashed);
        FigurePlot.Write(plot, Invariant($"{rows[0].Bound.Accuracy:0.##} %"), new Coordinates(rows[0].Allowed, rows.Length - 0.55), Alignment.UpperLeft, right: 5);
        return plot;
    }
}
