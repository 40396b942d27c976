using ScottPlot;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>A legend in centred rows, for several plots: names next to their lines or markers.</summary>
internal static class LegendRow
{
    /// <summary>Height of a row in pixels.</summary>
    public const int Height = 26;

    private const float Symbol = 28;
    private const float Gap = 6;
    private const float Between = 18;

    /// <summary>Draws a legend of lines.</summary>
    public static Plot Lines(int width, IEnumerable<(string Name, SeriesStyle Style)> items) => Draw(width, items, Symbol, (plot, style, x, y) =>
        FigurePlot.DrawCurve(plot, [x, x + Symbol], [y, y], style));

    /// <summary>Draws a legend of markers.</summary>
    public static Plot Markers(int width, IEnumerable<(string Name, SeriesStyle Style)> items) => Draw(width, items, Symbol / 2, (plot, style, x, y) =>
        FigurePlot.DrawMarker(plot, x + (Symbol / 4), y, style, 8));

    /// <summary>Counts the rows that names need in a plot of a width in pixels.</summary>
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
