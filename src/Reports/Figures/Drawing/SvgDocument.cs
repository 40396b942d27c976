using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>
/// Adapts Skia's SVG to a page with many figures: unique ids, a view box so that it scales, short coordinates, text as one run of
/// letters, and a name for screen readers.
/// </summary>
internal static partial class SvgDocument
{
    private const string Fonts = $"'{FigureFont.Family}', Verdana, sans-serif";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly XName Href = XName.Get("href", "http://www.w3.org/1999/xlink");

    /// <param name="document">Skia's SVG.</param>
    /// <param name="prefix">Prefix of all ids.</param>
    /// <param name="title">The figure's name.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public static string Tidy(Stream document, string prefix, string title, int width, int height)
    {
        var svg = XDocument.Load(document, LoadOptions.PreserveWhitespace).Root!;
        svg.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"));
        svg.SetAttributeValue("role", "img");
        svg.SetAttributeValue("aria-label", title);
        foreach (var element in svg.DescendantsAndSelf().ToList())
        {
            if (element.Name == Svg + "text") Join(element);
            foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration)) Shorten(attribute);
        }

        foreach (var space in svg.DescendantNodes().OfType<XText>().Where(text => text.Parent!.Name != Svg + "text").ToList()) space.Remove();
        Merge(svg);
        Name(svg, prefix);
        svg.AddFirst(new XElement(Svg + "rect", new XAttribute("width", width), new XAttribute("height", height), new XAttribute("fill", "white")));
        return svg.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Joins opaque paths of the same look that follow each other into one: Skia writes a path for each marker.</summary>
    private static void Merge(XElement svg)
    {
        foreach (var path in svg.Descendants(Svg + "path").ToList())
        {
            if (path.ElementsBeforeSelf().LastOrDefault() is not { } before || before.Name != path.Name || Look(before) != Look(path)) continue;
            before.SetAttributeValue("d", before.Attribute("d")!.Value + path.Attribute("d")!.Value);
            path.Remove();
        }

        static string Look(XElement path) => string.Join(' ', path.Attributes().Where(a => a.Name != "d").Select(a => $"{a.Name}={a.Value}"));
    }

    /// <summary>
    /// Gives ids anew: Skia continues its numbers from document to document, and repeats a clip path for each clipped element.
    /// </summary>
    private static void Name(XElement svg, string prefix)
    {
        var names = new Dictionary<string, string>();
        var first = new Dictionary<string, string>();
        foreach (var element in svg.Descendants().Where(element => element.Attribute("id") is not null).ToList())
        {
            var id = element.Attribute("id")!;
            var old = id.Value;
            id.Value = "";
            var content = element.ToString(SaveOptions.DisableFormatting);
            if (first.TryGetValue(content, out var same))
            {
                names[old] = same;
                element.Remove();
                continue;
            }

            names[old] = first[content] = id.Value = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{first.Count + 1}");
        }

        foreach (var attribute in svg.Descendants().Attributes())
        {
            if (attribute.Name == Href && attribute.Value.StartsWith('#')) attribute.Value = $"#{names[attribute.Value[1..]]}";
            else if (Reference().Match(attribute.Value) is { Success: true } reference) attribute.Value = $"url(#{names[reference.Groups[1].Value]})";
        }
    }

    private static void Shorten(XAttribute attribute) => attribute.Value = attribute.Name.LocalName switch
    {
        "font-family" => Fonts,
        "d" => Decimals().Replace(attribute.Value, match => Rounded(match, 1)),
        "x" or "y" or "x1" or "x2" or "y1" or "y2" or "cx" or "cy" or "r" or "rx" or "ry" or "width" or "height" or "points" or "transform"
            => Decimals().Replace(attribute.Value, match => Rounded(match, 2)),
        _ => attribute.Value,
    };

    /// <summary>Keeps only the first letter's place: Skia writes one for each letter, and then text cannot be searched, copied or shown in another font.</summary>
    private static void Join(XElement text)
    {
        foreach (var name in (string[])["x", "y"])
        {
            if (text.Attribute(name) is { } place) place.Value = place.Value.Split(',')[0].Trim();
        }

        text.Value = text.Value.Trim();
    }

    private static string Rounded(Match match, int decimals)
    {
        var text = Math.Round(double.Parse(match.Value, CultureInfo.InvariantCulture), decimals).ToString("0.##", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    [GeneratedRegex(@"^url\(#(.+)\)$")]
    private static partial Regex Reference();

    // A number with more than one decimal, or with an exponent.
    [GeneratedRegex(@"-?\d*\.\d{2,}(e[-+]?\d+)?|-?\d+(\.\d+)?e[-+]?\d+")]
    private static partial Regex Decimals();
}
