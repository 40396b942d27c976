using ScottPlot;
using ScottPlot.TickGenerators;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>Draws the parts of a plot in the look that all figures have.</summary>
internal static class FigurePlot
{
    /// <summary>Size of text in pixels.</summary>
    public const float Text = 13;

    /// <summary>Size of small text: ticks, legends and numbers in cells.</summary>
    public const float Small = 11.5f;

    /// <summary>Width of a curve in pixels.</summary>
    public const float Line = 1.8f;

    // Room for the names of the ticks at the ends of an axis.
    private const float EndRoom = 16;

    // ScottPlot aligns text of this font too high, by this part of the text's size.
    private const float Sink = 0.25f;

    /// <summary>Makes an empty plot.</summary>
    /// <param name="title">Heading above the plot; empty for none.</param>
    /// <param name="x">Name and unit of the horizontal axis; empty for none.</param>
    /// <param name="y">Name and unit of the vertical axis; empty for none.</param>
    public static Plot New(string title, string x, string y)
    {
        var plot = new Plot();
        // A render must not erase the sheet's other plots.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Axes.Color(Colors.Black);
        foreach (IAxis axis in (IAxis[])[plot.Axes.Right, plot.Axes.Top])
        {
            axis.FrameLineStyle.Width = 0;
            axis.TickLabelStyle.IsVisible = false;
            axis.TickLabelStyle.Font = FigureFont.Regular;
            axis.Label.Font = FigureFont.Regular;
            axis.MajorTickStyle.Length = 0;
            axis.MinorTickStyle.Length = 0;
            axis.MinimumSize = axis.MaximumSize = axis.Edge == Edge.Right ? EndRoom : EndRoom / 2;
        }

        foreach (IAxis axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.MinorTickStyle.Length = 0;
            axis.Label.Font = FigureFont.Regular;
            axis.Label.FontSize = Text;
            axis.Label.Bold = false;
            axis.TickLabelStyle.Font = FigureFont.Regular;
            axis.TickLabelStyle.FontSize = Small;
        }

        plot.Axes.Left.TickLabelStyle.OffsetY = Sink * Small;
        plot.Axes.Bottom.TickLabelStyle.OffsetY = 2;
        plot.Axes.Bottom.Label.Text = x;
        plot.Axes.Left.Label.Text = y;
        var heading = plot.Axes.Title.Label;
        heading.Text = title;
        heading.Font = FigureFont.Bold;
        heading.FontSize = Text;
        heading.OffsetY = Sink * Text;
        plot.Axes.Title.IsVisible = title.Length > 0;
        plot.Axes.Margins(0, 0.05);
        return plot;
    }

    /// <summary>Makes a plot without axes, for text and legends.</summary>
    public static Plot Bare()
    {
        var plot = New("", "", "");
        plot.HideAxesAndGrid();
        plot.Layout.Fixed(new PixelPadding(0));
        return plot;
    }

    /// <summary>Replaces an axis' numbers by names at 0, 1, 2 and so on.</summary>
    public static void Name(IAxis axis, IReadOnlyList<string> names)
    {
        axis.TickGenerator = new NumericManual([.. Enumerable.Range(0, names.Count).Select(i => (double)i)], [.. names]);
        axis.MajorTickStyle.Length = 0;
    }

    /// <summary>Writes small text into a plot.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="text">The text.</param>
    /// <param name="at">The place, in the plot's units.</param>
    /// <param name="alignment">The part of the text that is put there.</param>
    /// <param name="color">Colour of the text; null is black.</param>
    /// <param name="right">Pixels to the right of the place.</param>
    /// <param name="down">Pixels below the place.</param>
    /// <param name="degrees">Rotation, clockwise.</param>
    public static ScottPlot.Plottables.Text Write(
        Plot plot, string text, Coordinates at, Alignment alignment, Color? color = null, float right = 0, float down = 0, float degrees = 0)
    {
        var label = plot.Add.Text(text, at);
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

    public static void DrawCurve(Plot plot, double[] x, double[] y, SeriesStyle style)
    {
        var curve = plot.Add.ScatterLine(x, y);
        curve.Color = style.Color;
        curve.LineWidth = Line;
        curve.LinePattern = style.Pattern;
        curve.MarkerSize = 0;
    }

    public static void DrawMarker(Plot plot, double x, double y, SeriesStyle style, float size) => DrawMarkers(plot, [new Coordinates(x, y)], style, size);

    public static void DrawMarkers(Plot plot, Coordinates[] places, SeriesStyle style, float size)
    {
        if (places.Length == 0) return;
        var points = plot.Add.Markers(places, style.Marker, size, style.Color);
        points.MarkerLineWidth = 1.2f;
    }

    /// <summary>Draws a bar with caps from one end to the other, which is level with the first or above it.</summary>
    public static void DrawWhisker(Plot plot, Coordinates from, Coordinates to, SeriesStyle style)
    {
        var line = plot.Add.Line(from, to);
        line.LineColor = style.Color;
        line.LineWidth = 1.3f;
        line.MarkerSize = 0;
        var cap = style with { Marker = from.X == to.X ? MarkerShape.HorizontalBar : MarkerShape.VerticalBar };
        DrawMarkers(plot, [from, to], cap, 7);
    }

    /// <summary>Draws a thin horizontal line at <paramref name="y"/> to compare with; its name ends at <paramref name="x"/>.</summary>
    public static void DrawReference(Plot plot, double y, string name, double x)
    {
        plot.Add.HorizontalLine(y, 1.2f, SeriesStyle.Guide, LinePattern.DenselyDashed);
        Write(plot, name, new Coordinates(x, y), Alignment.LowerRight, SeriesStyle.Guide, down: -1);
    }
}
