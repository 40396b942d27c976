using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Reports.Published;

/// <summary>The authors' dispatch entropy over training.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The mixture's activation.</param>
/// <param name="Points">The listed epochs, ascending.</param>
internal sealed record PublishedCurve(string Setting, Activation Activation, IReadOnlyList<PublishedCurvePoint> Points);
