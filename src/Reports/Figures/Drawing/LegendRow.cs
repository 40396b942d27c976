using ScottPlot;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>Names beside the lines or markers that they stand for, centred in rows, for plots that share them.</summary>
internal static class LegendRow
{
    /// <summary>Height of a row in pixels.</summary>
    public const int Height = 26;

    private const float Symbol = 28;
    private const float Gap = 6;
    private const float Between = 18;

    /// <summary>Names of lines.</summary>
    /// <param name="width">Width of the plot in pixels.</param>
    /// <param name="items">Name and style of each.</param>
    public static Plot Lines(int width, IEnumerable<(string Name, SeriesStyle Style)> items) => Draw(width, items, Symbol, (plot, style, x, y) =>
        FigurePlot.DrawCurve(plot, [x, x + Symbol], [y, y], style));

    /// <summary>Names of markers.</summary>
    /// <param name="width">Width of the plot in pixels.</param>
    /// <param name="items">Name and style of each.</param>
    public static Plot Markers(int width, IEnumerable<(string Name, SeriesStyle Style)> items) => Draw(width, items, Symbol / 2, (plot, style, x, y) =>
        FigurePlot.DrawMarker(plot, x + (Symbol / 4), y, style, 8));

    /// <summary>Rows that items need.</summary>
    /// <param name="width">Width of the plot in pixels.</param>
    /// <param name="names">Their names.</param>
    public static int Rows(int width, IEnumerable<string> names) => Wrap(width, [.. names.Select(name => (name, SeriesStyle.Of(0)))], Symbol).Count;

    private static Plot Draw(int width, IEnumerable<(string Name, SeriesStyle Style)> items, float symbol, Action<Plot, SeriesStyle, double, double> draw)
    {
        var rows = Wrap(width, [.. items], symbol);
        var plot = FigurePlot.Bare();
        // A unit is a pixel.
        plot.Axes.SetLimits(0, width, 0, rows.Count * Height);
        foreach (var (r, row) in rows.Index())
        {
            var x = (width - row.Sum(item => Width(item.Name, symbol)) + Between) / 2.0;
            var y = ((rows.Count - r) * Height) - (Height / 2.0);
            foreach (var (name, style) in row)
            {
                draw(plot, style, x, y);
                FigurePlot.Write(plot, name, new Coordinates(x + symbol + Gap, y), Alignment.MiddleLeft);
                x += Width(name, symbol);
            }
        }

        return plot;
    }

    private static List<List<(string Name, SeriesStyle Style)>> Wrap(int width, List<(string Name, SeriesStyle Style)> items, float symbol)
    {
        List<List<(string, SeriesStyle)>> rows = [[]];
        var used = 0f;
        foreach (var item in items)
        {
            var own = Width(item.Name, symbol);
            if (used > 0 && used + own > width)
            {
                rows.Add([]);
                used = 0;
            }

            rows[^1].Add(item);
            used += own;
        }

        return rows;
    }

    private static float Width(string name, float symbol) => symbol + Gap + FigureFont.Width(name, FigurePlot.Small) + Between;
}
