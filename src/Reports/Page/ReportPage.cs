using System.Xml.Linq;
using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Page;

/// <summary>A page in one file: it embeds figures, style and font, has no script and loads nothing.</summary>
internal static class ReportPage
{
    // A browser then fetches nothing, whatever the page's text contains.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

    /// <param name="title">Title of the page.</param>
    /// <param name="opening">Content between the title and the sections.</param>
    /// <param name="sections">Sections with ids and headings; a null section is omitted.</param>
    public static string Write(string title, IEnumerable<XElement> opening, IEnumerable<XElement?> sections)
    {
        var shown = sections.OfType<XElement>().ToList();
        var page = new XElement(
            "html", new XAttribute("lang", "en-GB"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                // An empty icon; otherwise browsers request one.
                new XElement("link", new XAttribute("rel", "icon"), new XAttribute("href", "data:,")),
                new XElement("title", PageElements.Text(title)),
                new XElement("style", $"{Font(bold: false)}{Font(bold: true)}{Css()}")),
            new XElement(
                "body",
                new XElement(
                    "main",
                    new XElement("h1", PageElements.Text(title)),
                    opening,
                    new XElement(
                        "nav", new XAttribute("aria-label", "Sections"),
                        new XElement("ul", shown.Select(section => new XElement("li", new XElement("a", new XAttribute("href", $"#{section.Attribute("id")!.Value}"), section.Element("h2")!.Value))))),
                    shown)));
        return $"<!DOCTYPE html>\n{page.ToString(SaveOptions.DisableFormatting)}\n";
    }

    private static string Font(bool bold) =>
        $"@font-face {{ font-family: '{FigureFont.Family}'; font-weight: {(bold ? "bold" : "normal")}; src: url(data:font/ttf;base64,{Convert.ToBase64String(FigureFont.File(bold))}) format('truetype'); }}\n";

    private static string Css()
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    }
}
