using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>Whether the entropy curves agree with the authors'.</summary>
internal static class CurveVerdicts
{
    /// <summary>A verdict for each curve that can be compared.</summary>
    public static IEnumerable<Verdict> Of(IReadOnlyList<EntropyCurve> curves) => curves.Where(curve => curve.Comparisons.Count > 0).Select(Of);

    private static Verdict Of(EntropyCurve curve)
    {
        var within = curve.Comparisons.Count(comparison => comparison.Excess <= 0);
        var worst = curve.Comparisons.MaxBy(comparison => double.IsNaN(comparison.Excess) ? double.PositiveInfinity : comparison.Excess)!;
        return new Verdict(
            ReproductionPart.Curves,
            $"{ModelNames.Setting(curve.Setting)}, {ModelNames.Of(ModelKind.Mixture, curve.Activation, 0)}",
            "The dispatch entropy falls as the authors recorded it",
            "at every listed epoch the means differ by at most both half-widths and the rounding",
            $"within at {within} of {curve.Comparisons.Count} epochs; epoch {worst.Published.Epoch}: {FindingsFormat.Entropy(worst.Ours)} beside {FindingsFormat.Entropy(worst.Published.Mean)}, {(worst.Excess > 0 ? $"{FindingsFormat.Entropy(worst.Excess)} too far" : $"{FindingsFormat.Entropy(-worst.Excess)} to spare")}",
            worst.Excess, within == curve.Comparisons.Count,
            FindingsFormat.Departures(curve.Departures));
    }
}
