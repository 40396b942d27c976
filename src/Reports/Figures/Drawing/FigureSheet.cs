using ScottPlot;
using SkiaSharp;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>A white sheet on which plots are laid out.</summary>
/// <param name="width">Width in pixels.</param>
/// <param name="height">Height in pixels.</param>
internal sealed class FigureSheet(int width, int height)
{
    private const int PngScale = 2;
    private readonly List<(Plot Plot, PixelRect Area)> _panels = [];

    /// <summary>Puts a plot on the sheet.</summary>
    /// <param name="plot">The plot, its axes and labels included.</param>
    /// <param name="left">Left edge in pixels.</param>
    /// <param name="top">Top edge in pixels.</param>
    /// <param name="panelWidth">Width in pixels.</param>
    /// <param name="panelHeight">Height in pixels.</param>
    public FigureSheet Add(Plot plot, float left, float top, float panelWidth, float panelHeight)
    {
        _panels.Add((plot, new PixelRect(left, left + panelWidth, top + panelHeight, top)));
        return this;
    }

    public Figure Draw(string id, string title, string caption) => new(id, title, caption, Svg(id, title), Png());

    private string Svg(string id, string title)
    {
        using var stream = new MemoryStream();
        // The document is complete only when the canvas is disposed.
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream)) Draw(canvas);
        stream.Position = 0;
        return SvgDocument.Tidy(stream, id, title, width, height);
    }

    private byte[] Png()
    {
        using var surface = SKSurface.Create(new SKImageInfo(width * PngScale, height * PngScale));
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(PngScale);
        Draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private void Draw(SKCanvas canvas)
    {
        // A plot that computes its layout draws itself twice. A first render to a canvas that keeps nothing computes the layout.
        using var nothing = new SKNoDrawCanvas(width, height);
        foreach (var (plot, area) in _panels) plot.Render(nothing, area);
        foreach (var (plot, area) in _panels) plot.Render(canvas, area);
    }
}
