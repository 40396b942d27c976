using ScottPlot;
using ScottPlot.TickGenerators;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>One look for all plots.</summary>
internal static class FigurePlot
{
    /// <summary>Size of text in pixels.</summary>
    public const float Text = 13;

    /// <summary>Size of small text: ticks and numbers in cells.</summary>
    public const float Small = 11.5f;

    /// <summary>Width of a curve in pixels.</summary>
    public const float Line = 1.8f;

    private const float EndRoom = 16;

    /// <summary>An empty plot.</summary>
    /// <param name="title">Above the plot; empty for none.</param>
    /// <param name="x">The horizontal axis with its unit; empty for none.</param>
    /// <param name="y">The vertical axis with its unit; empty for none.</param>
    public static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        plot.Font.Set(FigureFont.Available);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        // Plots share a sheet.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.Axes.Color(Colors.Black);
        foreach (IAxis axis in (IAxis[])[plot.Axes.Right, plot.Axes.Top])
        {
            // Only room: names of ticks at the ends of the other axes reach into it.
            axis.FrameLineStyle.Width = 0;
            axis.TickLabelStyle.IsVisible = false;
            axis.MajorTickStyle.Length = 0;
            axis.MinorTickStyle.Length = 0;
            axis.MinimumSize = axis.MaximumSize = axis.Edge == Edge.Right ? EndRoom : EndRoom / 2;
        }

        foreach (IAxis axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.MinorTickStyle.Length = 0;
            axis.Label.FontSize = Text;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = Small;
            axis.TickLabelStyle.FontName = FigureFont.Available;
            axis.Label.FontName = FigureFont.Available;
        }

        plot.Axes.Bottom.Label.Text = x;
        plot.Axes.Left.Label.Text = y;
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.Label.FontSize = Text;
        plot.Axes.Title.Label.Bold = true;
        plot.Axes.Title.Label.FontName = FigureFont.Available;
        plot.Axes.Title.IsVisible = title.Length > 0;
        plot.Axes.Margins(0, 0.05);
        return plot;
    }

    /// <summary>A plot without axes, for text and legends.</summary>
    public static Plot Bare()
    {
        var plot = New("", "", "");
        plot.HideGrid();
        plot.Layout.Frameless();
        return plot;
    }

    /// <summary>Draws a point.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="x">Place.</param>
    /// <param name="y">Place.</param>
    /// <param name="style">How.</param>
    /// <param name="size">Size in pixels.</param>
    public static void Marker(Plot plot, double x, double y, SeriesStyle style, float size) => Markers(plot, [new Coordinates(x, y)], style, size);

    /// <summary>Draws points.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="places">Where.</param>
    /// <param name="style">How.</param>
    /// <param name="size">Size in pixels.</param>
    public static void Markers(Plot plot, Coordinates[] places, SeriesStyle style, float size)
    {
        if (places.Length == 0) return;
        var points = plot.Add.Markers(places, style.Marker, size, style.Color);
        points.MarkerLineWidth = 1.2f;
    }

    /// <summary>Names places of an axis instead of numbers.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="names">Names at 0, 1, 2 and so on.</param>
    public static void Name(IAxis axis, IReadOnlyList<string> names)
    {
        axis.TickGenerator = new NumericManual([.. Enumerable.Range(0, names.Count).Select(i => (double)i)], [.. names]);
        axis.MajorTickStyle.Length = 0;
    }

    /// <summary>Writes text into a plot.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">Place.</param>
    /// <param name="y">Place.</param>
    /// <param name="alignment">Which part of the text is there.</param>
    /// <param name="color">Its colour; black where null.</param>
    /// <param name="size">Its size in pixels.</param>
    public static ScottPlot.Plottables.Text Write(Plot plot, string text, double x, double y, Alignment alignment, Color? color = null, float size = Small)
    {
        var label = plot.Add.Text(text, x, y);
        label.LabelFontName = FigureFont.Available;
        label.LabelFontSize = size;
        label.LabelFontColor = color ?? Colors.Black;
        label.LabelAlignment = alignment;
        label.LabelBold = false;
        return label;
    }

    /// <summary>Draws a curve.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="x">Places.</param>
    /// <param name="y">Values, one for each place.</param>
    /// <param name="style">How.</param>
    public static void Curve(Plot plot, double[] x, double[] y, SeriesStyle style)
    {
        var curve = plot.Add.ScatterLine(x, y);
        (curve.Color, curve.LineWidth, curve.LinePattern, curve.MarkerSize) = (style.Color, Line, style.Pattern, 0);
    }

    /// <summary>Draws a thin horizontal line to read against, with its name above its right end.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="y">Its height.</param>
    /// <param name="name">Its name.</param>
    /// <param name="x">Where the name ends.</param>
    public static void Reference(Plot plot, double y, string name, double x)
    {
        plot.Add.HorizontalLine(y, 1.2f, SeriesStyle.Guide, LinePattern.DenselyDashed);
        Write(plot, name, x, y, Alignment.LowerRight, SeriesStyle.Guide);
    }
}
