using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Makes the rows of theorem 4.1.</summary>
internal static class BoundFindings
{
    /// <summary>Standard errors by which a test accuracy may lie above the bound.</summary>
    public const double StandardErrors = 2;

    public static IReadOnlyList<BoundRow> Of(IReadOnlyList<LabelledRun> runs) =>
        [.. RunOrder.Of(runs, ReproductionPart.Bounds)
            .Where(run => !run.IsMixture)
            // The ranges and the size of the test set decide a row's bound, so they are part of its key.
            .GroupBy(run => (run.Run.Spec.Data.Setting, run.Run.Spec.Data.Alpha, run.Run.Spec.Data.Gamma, run.Run.Spec.Data.Test, run.Run.Spec.Model.Activation, run.Run.Spec.Model.Filters))
            .Select(row => Row([.. row]))];

    /// <summary>The largest test accuracy, in percent, that chance explains although the bound holds.</summary>
    public static double Allowed(DataSpec data)
    {
        var bound = SingleModelBound.Of(data);
        return bound.Accuracy + (StandardErrors * bound.StandardError(data.Test));
    }

    /// <summary>The largest test accuracy of a run's weights, those of the smallest loss included: the theorem holds for them too.</summary>
    public static double Largest(LabelledRun run) => Math.Max(run.Run.Summary.TestAccuracy, run.Run.Summary.BestLoss?.TestAccuracy ?? double.NegativeInfinity);

    private static BoundRow Row(LabelledRun[] runs)
    {
        var spec = runs[0].Run.Spec;
        var tests = runs.Select(run => run.Run.Analysis.SwapTest).OfType<Compute.Analysis.SwapTestResult>().ToArray();
        return new BoundRow(
            spec.Data.Setting, spec.Model.Activation, spec.Model.Filters,
            [.. runs.Select(RunDot.Of)],
            Sample.Of(runs.Select(run => run.Run.Summary.TestAccuracy)),
            SingleModelBound.Of(spec.Data), Allowed(spec.Data), Sample.Of(runs.Select(Largest)).Max,
            tests.Length == 0 ? null : tests.Sum(test => test.ByWrong[0]),
            tests.Sum(test => test.Quadruples));
    }
}
