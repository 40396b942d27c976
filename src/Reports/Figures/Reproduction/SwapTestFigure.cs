using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Findings;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>The swap test of every model: quadruples by how many of their four samples are wrong.</summary>
internal static class SwapTestFigure
{
    private const int Width = 860;
    private const int RowHeight = 26;
    private const float RowNames = 250;
    private const double BarHalf = 0.36;

    // From white for none wrong to dark for all four.
    private static readonly Color[] Shades = [Colors.White, .. new[] { "#C6DBEF", "#6BAED6", "#2171B5", "#08306B" }.Select(hex => Color.FromHex(hex))];

    /// <returns>Null without rows.</returns>
    public static Figure? Of(IReadOnlyList<SwapTestRow> rows)
    {
        if (rows.Count == 0) return null;
        var plot = FigurePlot.New("", "share of quadruples (%)", "");
        plot.Grid.YAxisStyle.IsVisible = false;
        foreach (var (r, row) in rows.Index())
        {
            var y = rows.Count - 1.0 - r;
            var from = 0.0;
            for (var wrong = 0; wrong < row.ByWrong.Count; wrong++)
            {
                var to = from + (100.0 * row.ByWrong[wrong] / row.Quadruples);
                if (to > from) Bar(plot, from, to, y, wrong);
                from = to;
            }

            FigurePlot.Write(plot, Invariant($"{row.NoneWrong.Mean:0.00} %"), new Coordinates(101, y), Alignment.MiddleLeft);
        }

        FigurePlot.Name(plot.Axes.Left, [.. rows.Reverse().Select(row => $"{row.Setting}: {ModelNames.Of(row.Model, row.Activation, row.Filters)}")]);
        FigurePlot.Write(plot, "none wrong", new Coordinates(101, rows.Count - 0.2), Alignment.MiddleLeft);
        plot.Axes.SetLimits(0, 114, -0.6, rows.Count + 0.2);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100"]);
        plot.Layout.Fixed(new PixelPadding(RowNames, 10, 48, 6));
        var height = 54 + ((rows.Count + 1) * RowHeight);
        return new FigureSheet(Width, LegendRow.Height + height)
            .Add(Legend(), 0, 0, Width, LegendRow.Height)
            .Add(plot, 0, LegendRow.Height, Width, height)
            .Draw(
                "swap-test", "Theorem 4.1: the swap test",
                "Quadruples of samples in which two clusters swap their signals, by how many of the four are wrong. The theorem's proof says that every single model gets at least one of each four wrong: the white part of its bar, and the number beside it, are 0. A mixture need not.");
    }

    private static void Bar(Plot plot, double from, double to, double y, int wrong)
    {
        var bar = plot.Add.Rectangle(from, to, y - BarHalf, y + BarHalf);
        bar.FillColor = Shades[wrong];
        bar.LineColor = Colors.Black;
        bar.LineWidth = 0.8f;
    }

    private static Plot Legend()
    {
        const int each = 120;
        var plot = FigurePlot.Bare();
        plot.Axes.SetLimits(0, Width, 0, LegendRow.Height);
        for (var wrong = 0; wrong < Shades.Length; wrong++)
        {
            double x = ((Width - (each * Shades.Length)) / 2) + (wrong * each);
            var sample = plot.Add.Rectangle(x, x + 22, 6, 20);
            sample.FillColor = Shades[wrong];
            sample.LineColor = Colors.Black;
            sample.LineWidth = 0.8f;
            FigurePlot.Write(plot, wrong == 0 ? "none wrong" : Invariant($"{wrong} wrong"), new Coordinates(x + 28, 13), Alignment.MiddleLeft);
        }

        return plot;
    }
}
