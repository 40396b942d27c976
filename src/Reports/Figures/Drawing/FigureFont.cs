using SkiaSharp;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>
/// The figures' font, embedded in the assembly: every machine draws the same letters, and pages show text in the font that it was
/// measured with.
/// </summary>
internal static class FigureFont
{
    /// <summary>Name of the font in SVG files.</summary>
    public const string Family = "DejaVu Sans";

    private const string RegularFile = "DejaVuSans.ttf";
    private const string BoldFile = "DejaVuSans-Bold.ttf";

    public static SKTypeface Regular { get; } = Load(RegularFile);

    public static SKTypeface Bold { get; } = Load(BoldFile);

    /// <summary>Bytes of the regular or the bold font's file.</summary>
    public static byte[] File(bool bold)
    {
        using var bytes = new MemoryStream();
        using var file = Resource(bold ? BoldFile : RegularFile);
        file.CopyTo(bytes);
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

    private static SKTypeface Load(string name)
    {
        using var file = Resource(name);
        return SKTypeface.FromStream(file);
    }

    private static Stream Resource(string name) => typeof(FigureFont).Assembly.GetManifestResourceStream(name)!;
}
