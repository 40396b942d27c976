using ScottPlot;
using ScottPlot.TickGenerators;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>One look for all plots.</summary>
internal static class FigurePlot
{
    /// <summary>Size of text in pixels.</summary>
    public const float Text = 13;

    /// <summary>Size of small text: ticks, legends and numbers in cells.</summary>
    public const float Small = 11.5f;

    /// <summary>Width of a curve in pixels.</summary>
    public const float Line = 1.8f;

    // Names of ticks at the ends of an axis reach into this room.
    private const float EndRoom = 16;

    // ScottPlot aligns boxes that are this part of the text's size too high for this font.
    private const float Sink = 0.25f;

    /// <summary>An empty plot.</summary>
    /// <param name="title">Above the plot; empty for none.</param>
    /// <param name="x">The horizontal axis with its unit; empty for none.</param>
    /// <param name="y">The vertical axis with its unit; empty for none.</param>
    public static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        // Plots share a sheet.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Axes.Color(Colors.Black);
        foreach (IAxis axis in (IAxis[])[plot.Axes.Right, plot.Axes.Top])
        {
            axis.FrameLineStyle.Width = 0;
            axis.TickLabelStyle.IsVisible = false;
            (axis.TickLabelStyle.Font, axis.Label.Font) = (FigureFont.Regular, FigureFont.Regular);
            axis.MajorTickStyle.Length = 0;
            axis.MinorTickStyle.Length = 0;
            axis.MinimumSize = axis.MaximumSize = axis.Edge == Edge.Right ? EndRoom : EndRoom / 2;
        }

        foreach (IAxis axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.MinorTickStyle.Length = 0;
            (axis.Label.Font, axis.Label.FontSize, axis.Label.Bold) = (FigureFont.Regular, Text, false);
            (axis.TickLabelStyle.Font, axis.TickLabelStyle.FontSize) = (FigureFont.Regular, Small);
        }

        plot.Axes.Left.TickLabelStyle.OffsetY = Sink * Small;
        plot.Axes.Bottom.TickLabelStyle.OffsetY = 2;
        (plot.Axes.Bottom.Label.Text, plot.Axes.Left.Label.Text) = (x, y);
        var heading = plot.Axes.Title.Label;
        (heading.Text, heading.Font, heading.FontSize, heading.OffsetY) = (title, FigureFont.Bold, Text, Sink * Text);
        plot.Axes.Title.IsVisible = title.Length > 0;
        plot.Axes.Margins(0, 0.05);
        return plot;
    }

    /// <summary>A plot without axes, for text and legends.</summary>
    public static Plot Bare()
    {
        var plot = New("", "", "");
        plot.HideAxesAndGrid();
        plot.Layout.Fixed(new PixelPadding(0));
        return plot;
    }

    /// <summary>Names places of an axis instead of numbers.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="names">Names at 0, 1, 2 and so on.</param>
    public static void Name(IAxis axis, IReadOnlyList<string> names)
    {
        axis.TickGenerator = new NumericManual([.. Enumerable.Range(0, names.Count).Select(i => (double)i)], [.. names]);
        axis.MajorTickStyle.Length = 0;
    }

    /// <summary>Writes small text into a plot.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">Place.</param>
    /// <param name="y">Place.</param>
    /// <param name="alignment">Which part of the text is there.</param>
    /// <param name="color">Its colour; black where null.</param>
    /// <param name="right">Pixels to the right of the place.</param>
    /// <param name="down">Pixels below the place.</param>
    /// <param name="degrees">How far it is turned clockwise.</param>
    public static ScottPlot.Plottables.Text Write(
        Plot plot, string text, double x, double y, Alignment alignment, Color? color = null, float right = 0, float down = 0, float degrees = 0)
    {
        var label = plot.Add.Text(text, x, y);
        label.LabelStyle.Font = FigureFont.Regular;
        label.LabelFontSize = Small;
        label.LabelFontColor = color ?? Colors.Black;
        label.LabelAlignment = alignment;
        label.LabelRotation = degrees;
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);
        label.OffsetX = right - (Sink * Small * sin);
        label.OffsetY = down + (Sink * Small * cos);
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

    /// <summary>Draws a bar with caps between two values of an axis.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="from">One end.</param>
    /// <param name="to">The other end, level with it or above it.</param>
    /// <param name="style">How.</param>
    public static void Whisker(Plot plot, Coordinates from, Coordinates to, SeriesStyle style)
    {
        var line = plot.Add.Line(from, to);
        (line.LineColor, line.LineWidth, line.MarkerSize) = (style.Color, 1.3f, 0);
        var cap = style with { Marker = from.X == to.X ? MarkerShape.HorizontalBar : MarkerShape.VerticalBar };
        Markers(plot, [from, to], cap, 7);
    }

    /// <summary>Draws a thin horizontal line to read against, with its name above its right end.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="y">Its height.</param>
    /// <param name="name">Its name.</param>
    /// <param name="x">Where the name ends.</param>
    public static void Reference(Plot plot, double y, string name, double x)
    {
        plot.Add.HorizontalLine(y, 1.2f, SeriesStyle.Guide, LinePattern.DenselyDashed);
        Write(plot, name, x, y, Alignment.LowerRight, SeriesStyle.Guide, down: -1);
    }
}
