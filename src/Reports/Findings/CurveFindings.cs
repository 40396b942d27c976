using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Makes the entropy curves.</summary>
internal static class CurveFindings
{
    public static IReadOnlyList<EntropyCurve> Of(IReadOnlyList<LabelledRun> runs) =>
        [.. RunOrder.Of(runs, ReproductionPart.Curves)
            .Where(run => run.IsMixture)
            .GroupBy(run => (run.Run.Spec.Data.Setting, run.Run.Spec.Model.Activation))
            .Select(curve => Curve([.. curve]))];

    private static EntropyCurve Curve(LabelledRun[] runs)
    {
        var spec = runs[0].Run.Spec;
        CurvePoint[] points = [.. Enumerable.Range(0, runs.Max(run => run.Run.Steps.Count)).Select(step => Point(runs, step))];
        CurveComparison[] comparisons = PublishedCurves.Find(spec.Data.Setting, spec.Model.Activation) is { } published
            ? [.. published.Points.Where(point => point.Epoch < points.Length).Select(point => Compare(points[point.Epoch], point))]
            : [];
        return new EntropyCurve(
            spec.Data.Setting, spec.Model.Activation, runs.Length, points, comparisons,
            comparisons.Length == 0 ? null : Sample.Of(comparisons.Select(comparison => comparison.Excess)).Max,
            Departures.FromCurves(runs));
    }

    private static CurvePoint Point(LabelledRun[] runs, int step)
    {
        var sample = Sample.Of(runs.Select(run => run.Run.Steps[Math.Min(step, run.Run.Steps.Count - 1)].Entropy));
        return new CurvePoint(step, sample.Mean, sample.PopulationDeviation, (sample.Mean95?.High - sample.Mean95?.Low) / 2);
    }

    private static CurveComparison Compare(CurvePoint ours, PublishedCurvePoint published)
    {
        var half = ours.HalfWidth ?? 0;
        var allowed = half + published.HalfWidth + (2 * PublishedCurves.Rounding);
        return new CurveComparison(published, ours.Mean, half, Math.Abs(ours.Mean - published.Mean) - allowed);
    }
}
