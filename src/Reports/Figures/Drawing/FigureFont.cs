using ScottPlot;
using SkiaSharp;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>
/// The figures' font, which comes along: a machine without fonts draws the same letters, and text is measured with the font
/// that it is shown in.
/// </summary>
internal sealed class FigureFont : IFontResolver
{
    /// <summary>Name that plots ask for. It is no installed font's, so that this resolver alone answers.</summary>
    public const string Name = "MoeOrleans figures";

    /// <summary>Name that the font has of itself, which stands in SVG files.</summary>
    public const string Family = "DejaVu Sans";

    private static readonly SKTypeface Regular = Load("DejaVuSans.ttf");
    private static readonly SKTypeface Bold = Load("DejaVuSans-Bold.ttf");
    private static readonly Lazy<string> Registered = new(() =>
    {
        ScottPlot.Fonts.FontResolvers.Insert(0, new FigureFont());
        return Name;
    });

    /// <summary>The name to ask for; the font is there from now on.</summary>
    public static string Available => Registered.Value;

    /// <summary>The bytes of the regular (false) or bold font file.</summary>
    public static byte[] File(bool bold)
    {
        using var stream = Resource(bold ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Width of text in pixels.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Its size in pixels.</param>
    public static float Width(string text, float size)
    {
        using var font = new SKFont(Regular, size);
        return font.MeasureText(text);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing width) =>
        fontName != Name ? null : weight >= FontWeight.SemiBold ? Bold : Regular;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName != Name ? null : bold ? Bold : Regular;

    private static SKTypeface Load(string resource)
    {
        using var stream = Resource(resource);
        return SKTypeface.FromStream(stream);
    }

    private static Stream Resource(string name) => typeof(FigureFont).Assembly.GetManifestResourceStream(name)!;
}
