using System.Xml;
using System.Xml.Linq;
using MoeOrleans.Reports.Figures;
using MoeOrleans.Reports.Findings;

namespace MoeOrleans.Reports.Page;

/// <summary>The elements of a page. They are XML elements, so writing them escapes all text.</summary>
internal static class PageElements
{
    // A figure of at most this width fits a phone without scaling.
    private const double Narrow = 360;

    /// <summary>A section with a heading; null without content.</summary>
    public static XElement? Section(string id, string heading, IEnumerable<XElement> content) =>
        content.ToList() is { Count: > 0 } some ? new XElement("section", new XAttribute("id", id), new XElement("h2", heading), some) : null;

    /// <summary>A paragraph.</summary>
    /// <param name="text">Plain text.</param>
    public static XElement Paragraph(string text) => new("p", Text(text));

    /// <summary>A figure with its caption.</summary>
    public static XElement Figure(Figure figure)
    {
        var svg = XElement.Parse(figure.Svg, LoadOptions.PreserveWhitespace);
        if ((double?)svg.Attribute("width") <= Narrow) svg.SetAttributeValue("class", "narrow");
        return new XElement(
            "figure", new XAttribute("id", figure.Id), new XAttribute("aria-label", figure.Title),
            new XElement("h3", figure.Title),
            new XElement("div", new XAttribute("class", "scroll plot"), svg),
            new XElement("figcaption", Text(figure.Caption)));
    }

    /// <summary>A table with a heading.</summary>
    public static IEnumerable<XElement> Table(string heading, MarkdownTable table) =>
    [
        new XElement("h3", heading),
        new XElement(
            "div", new XAttribute("class", "scroll"), new XAttribute("tabindex", "0"), new XAttribute("role", "region"), new XAttribute("aria-label", heading),
            new XElement(
                "table", new XAttribute("class", "numbers"),
                new XElement("thead", new XElement("tr", table.Columns.Select(column => new XElement("th", new XAttribute("scope", "col"), Cell(column))))),
                new XElement("tbody", table.Rows.Select(row => new XElement("tr", row.Select(cell => new XElement("td", Cell(cell)))))))),
    ];

    /// <summary>A table of names and values.</summary>
    public static XElement Facts(IEnumerable<(string Name, string Value)> facts) => new(
        "table", new XAttribute("class", "facts"),
        new XElement("tbody", facts.Select(fact => new XElement("tr", new XElement("th", new XAttribute("scope", "row"), fact.Name), new XElement("td", Text(fact.Value))))));

    /// <summary>A text of the findings, which are plain ASCII, with the sign for +-.</summary>
    public static string Measured(string text) => Text(text).Replace("+-", "±", StringComparison.Ordinal);

    /// <summary>Text without the control characters that XML cannot hold.</summary>
    public static string Text(string text) => new([.. text.Select((c, i) => IsXml(text, i) ? c : '\uFFFD')]);

    private static bool IsXml(string text, int i) => XmlConvert.IsXmlChar(text[i])
        || (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
        || (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]));

    /// <summary>A cell of a Markdown table, in which ** marks bold text.</summary>
    private static IEnumerable<object> Cell(string cell) => Measured(cell).Split("**")
        .Select((part, i) => i % 2 == 1 ? (object)new XElement("strong", part) : part);
}
