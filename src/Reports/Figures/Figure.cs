namespace MoeOrleans.Reports.Figures;

/// <summary>A finished figure.</summary>
/// <param name="Id">Its name in lower case with hyphens: name of its files, id on the page.</param>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Caption">What is seen and what the paper claims, in plain text.</param>
/// <param name="Svg">An SVG document, whose ids all begin with <paramref name="Id"/>.</param>
/// <param name="Png">The same as PNG, at twice the size.</param>
public sealed record Figure(string Id, string Title, string Caption, string Svg, byte[] Png);
