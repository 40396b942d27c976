using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Findings;

/// <summary>Our runs compared with a published point of an entropy curve.</summary>
/// <param name="Published">The published point.</param>
/// <param name="Ours">Our mean.</param>
/// <param name="HalfWidth">Our half-width; 0 for one run.</param>
/// <param name="Excess">
/// Distance of the means beyond both half-widths and the rounding of the published point's two numbers; at most 0 if the means agree.
/// </param>
internal sealed record CurveComparison(PublishedCurvePoint Published, double Ours, double HalfWidth, double Excess);
