using ScottPlot;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>A table, of clusters x experts if nothing else is said, its cells shaded from white to dark blue, with their numbers in them.</summary>
internal static class HeatMap
{
    private static readonly (double R, double G, double B) Dark = (8, 61, 119);

    /// <summary>Height of a row of cells in pixels.</summary>
    public const int RowHeight = 40;

    /// <summary>Draws the table.</summary>
    /// <param name="title">Heading above the table; empty for none.</param>
    /// <param name="shade">Rows x columns: 0 is white, 1 the darkest.</param>
    /// <param name="text">Rows x columns: text of the cells; null if it would be too small to read.</param>
    /// <param name="rows">Names of the rows, from the top.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="framed">Whether a cell has a frame.</param>
    /// <param name="axes">Names of the axes; null for experts and clusters.</param>
    public static Plot Draw(
        string title, double[][] shade, string[][]? text, IReadOnlyList<string> rows, IReadOnlyList<string> columns, Func<int, int, bool> framed, (string X, string Y)? axes = null)
    {
        var plot = FigurePlot.New(title, axes?.X ?? "expert", axes?.Y ?? "cluster");
        plot.Grid.IsVisible = false;
        for (var r = 0; r < rows.Count; r++)
        {
            for (var c = 0; c < columns.Count; c++)
            {
                var y = rows.Count - 1 - r;
                var cell = plot.Add.Rectangle(c - 0.5, c + 0.5, y - 0.5, y + 0.5);
                cell.FillColor = Blend(shade[r][c]);
                cell.LineColor = Color.FromHex("#C8C8C8");
                cell.LineWidth = 0.8f;
            }
        }

        for (var r = 0; r < rows.Count; r++)
        {
            for (var c = 0; c < columns.Count; c++)
            {
                var y = rows.Count - 1 - r;
                if (framed(r, c))
                {
                    // Inside the cell, so that neighbours do not share an edge; white on dark cells, on which black would not show.
                    var frame = plot.Add.Rectangle(c - 0.44, c + 0.44, y - 0.42, y + 0.42);
                    frame.FillColor = Colors.Transparent;
                    frame.LineColor = Ink(shade[r][c]);
                    frame.LineWidth = 1.8f;
                }

                if (text is not null) FigurePlot.Write(plot, text[r][c], new Coordinates(c, y), Alignment.MiddleCenter, Ink(shade[r][c]));
            }
        }

        FigurePlot.Name(plot.Axes.Bottom, columns);
        FigurePlot.Name(plot.Axes.Left, [.. rows.Reverse()]);
        plot.Axes.SetLimits(-0.5, columns.Count - 0.5, -0.5, rows.Count - 0.5);
        return plot;
    }

    private static Color Ink(double shade) => shade > 0.55 ? Colors.White : Colors.Black;

    private static Color Blend(double shade)
    {
        var part = double.IsNaN(shade) ? 0 : Math.Clamp(shade, 0, 1);
        return new Color(Mix(Dark.R), Mix(Dark.G), Mix(Dark.B));

        byte Mix(double dark) => (byte)Math.Round(255 + (part * (dark - 255)));
    }
}
