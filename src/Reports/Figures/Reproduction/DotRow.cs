using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>A row of dots: one for each run.</summary>
/// <param name="Name">Name to the left of the row.</param>
/// <param name="Style">Look of the dots.</param>
/// <param name="Dots">A value for each run.</param>
/// <param name="Mean">Mean of the dots.</param>
/// <param name="Published">The published value, or null.</param>
/// <param name="PublishedDeviation">Deviation of the published value, or null.</param>
internal sealed record DotRow(string Name, SeriesStyle Style, IReadOnlyList<double> Dots, double Mean, double? Published = null, double? PublishedDeviation = null);
