using MoeOrleans.Reports.Figures.Drawing;
using ScottPlot;

namespace MoeOrleans.Reports.Figures.Reproduction;


/// <summary>Runs as dots on a line for each model, with their mean and the published value.</summary>
internal static class DotRows
{
    /// <summary>Height of a row in pixels.</summary>
    public const int RowHeight = 34;

    /// <summary>Height of title and axis in pixels.</summary>
    public const int Frame = 82;

    // Above and below a row's line, as parts of its height: dots, ticks of means, published values.
    private const double DotsAt = 0.12;
    private const double TickHalf = 0.3;
    private const double PublishedAt = -0.2;
    private const float RowNames = 180;

    /// <summary>Height in pixels of a plot with a number of rows.</summary>
    public static int Height(int rows) => Frame + (rows * RowHeight);

    /// <param name="title">Heading above the rows.</param>
    /// <param name="axis">Name and unit of the horizontal axis.</param>
    /// <param name="rows">The rows, from the top.</param>
    /// <param name="low">Left end of the axis.</param>
    /// <param name="high">Right end of the axis.</param>
    public static Plot Draw(string title, string axis, IReadOnlyList<DotRow> rows, double low, double high)
    {
        var plot = FigurePlot.New(title, axis, "");
        foreach (var (r, row) in rows.Index())
        {
            var y = rows.Count - 1.0 - r;
            if (double.IsFinite(row.Mean))
            {
                var mean = plot.Add.Line(row.Mean, y + DotsAt - TickHalf, row.Mean, y + DotsAt + TickHalf);
                mean.LineColor = Colors.Black;
                mean.LineWidth = 2;
                mean.MarkerSize = 0;
            }

            FigurePlot.DrawMarkers(plot, [.. row.Dots.Where(double.IsFinite).Select(dot => new Coordinates(dot, y + DotsAt))], row.Style, 6);
            if (row.Published is not { } published) continue;
            if (row.PublishedDeviation is { } deviation)
                FigurePlot.DrawWhisker(plot, new Coordinates(published - deviation, y + PublishedAt), new Coordinates(published + deviation, y + PublishedAt), ModelStyle.Published);
            FigurePlot.DrawMarker(plot, published, y + PublishedAt, ModelStyle.Published, 8);
        }

        FigurePlot.Name(plot.Axes.Left, [.. rows.Reverse().Select(row => row.Name)]);
        plot.Axes.SetLimits(low, high, -0.6, rows.Count - 0.4);
        plot.Layout.Fixed(new PixelPadding(RowNames, 18, 48, title.Length > 0 ? 30 : 8));
        return plot;
    }

    /// <summary>The range of a percent axis that holds all values, with ends at multiples of five.</summary>
    public static (double Low, double High) Percent(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0) return (0, 100);
        return (Math.Max(-1, (5 * Math.Floor((finite.Min() - 0.5) / 5)) - 0.5), Math.Min(100.8, (5 * Math.Ceiling((finite.Max() + 0.5) / 5)) + 0.5));
    }
}
