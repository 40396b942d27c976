using System.Globalization;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Reports.Figures.Drawing;
using ScottPlot;
using SkiaSharp;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Images that the router sends to each expert, a row for each.</summary>
internal static class ExamplesFigure
{
    private const int MostExperts = 16;
    private const int Tile = 58;
    private const int LeftRoom = 60;

    /// <returns>Null if the samples are no images.</returns>
    public static Figure? Of(FinishedRun run)
    {
        if (run.Analysis.Examples is not { } examples) return null;
        int[] experts = [.. ShownExperts.Busiest(run.Summary.DispatchCounts, MostExperts).Where(m => examples.Images[m].Length > 0)];
        if (experts.Length == 0) return null;
        var plot = FigurePlot.New("", "", "expert");
        plot.Grid.IsVisible = false;
        using var bitmap = Draw(examples, experts);
        plot.Add.ImageRect(new Image(bitmap), new CoordinateRect(-0.5, ExpertExamples.Most - 0.5, -0.5, experts.Length - 0.5));
        FigurePlot.Name(plot.Axes.Left, [.. experts.Reverse().Select(m => m.ToString(CultureInfo.InvariantCulture))]);
        FigurePlot.Name(plot.Axes.Bottom, []);
        plot.Axes.SetLimits(-0.5, ExpertExamples.Most - 0.5, -0.5, experts.Length - 0.5);
        var (width, height) = (LeftRoom + (ExpertExamples.Most * Tile), 40 + (experts.Length * Tile));
        return new FigureSheet(width, height).Add(plot, 0, 0, width, height).Draw(
            "examples", "What each expert gets",
            Invariant($"Test samples that the router sends to each expert without noise, drawn as {examples.Side} x {examples.Side} images: evenly spaced among all that the expert gets, whatever their class.")
            + (experts.Length == run.Spec.Model.Experts ? "" : Invariant($" Shown are {experts.Length} of {run.Spec.Model.Experts} experts; those without samples have no row.")));
    }

    /// <summary>All images in one bitmap, with a pixel between them.</summary>
    private static SKBitmap Draw(ExpertExamples examples, int[] experts)
    {
        var (side, cell) = (examples.Side, examples.Side + 1);
        var bitmap = new SKBitmap(ExpertExamples.Most * cell, experts.Length * cell);
        bitmap.Erase(SKColors.White);
        foreach (var (row, m) in experts.Index())
        {
            foreach (var (column, pixels) in examples.Images[m].Index())
            {
                for (var i = 0; i < pixels.Length; i++)
                {
                    var gray = (byte)(255 * (1 - pixels[i]));
                    bitmap.SetPixel((column * cell) + (i % side), (row * cell) + (i / side), new SKColor(gray, gray, gray));
                }
            }
        }

        return bitmap;
    }
}
