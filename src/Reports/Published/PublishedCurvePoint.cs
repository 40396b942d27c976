namespace MoeOrleans.Reports.Published;

/// <summary>A point of a published entropy curve.</summary>
/// <param name="Epoch">The epoch, from 0; a step of the full batch.</param>
/// <param name="Mean">Mean dispatch entropy over the runs, natural logarithm.</param>
/// <param name="HalfWidth">Half the width of its 95 % interval.</param>
internal sealed record PublishedCurvePoint(int Epoch, double Mean, double HalfWidth);
