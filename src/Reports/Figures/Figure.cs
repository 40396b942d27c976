namespace MoeOrleans.Reports.Figures;

/// <summary>A finished figure.</summary>
/// <param name="Id">Name of the figure's files and its id on the page, in lower case with hyphens.</param>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Caption">What the figure shows and what the paper claims, in plain text.</param>
/// <param name="Svg">An SVG document, whose ids all begin with <paramref name="Id"/>.</param>
/// <param name="Png">The figure as PNG, at twice the size.</param>
internal sealed record Figure(string Id, string Title, string Caption, string Svg, byte[] Png);
