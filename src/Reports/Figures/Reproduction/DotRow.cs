using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>A row of dots: one for each run.</summary>
/// <param name="Name">What stands to the left.</param>
/// <param name="Style">How its dots look.</param>
/// <param name="Dots">A value of each run.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Published">The published value, or null.</param>
/// <param name="PublishedDeviation">Its deviation, or null.</param>
internal sealed record DotRow(string Name, SeriesStyle Style, IReadOnlyList<double> Dots, double Mean, double? Published = null, double? PublishedDeviation = null);
