using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Whether the table's claims hold.</summary>
internal static class TableVerdicts
{
    // Percentage points that widen the interval, as our data set is not the published one.
    private const double NonlinearMargin = 1;
    private const double LinearMargin = 2;
    private const double SpecialisedBelow = 0.35;
    private const double MixedAbove = 1.0;

    // A linear model that weighs all features alike is right if eps = y, and in the other half if alpha > gamma: in 3 of 4 samples
    // if both strengths have the same distribution.
    private static readonly Interval s_linear = new(73, 77);
    private static readonly string[] s_equalStrengths = ["3", "4", "theorem"];

    /// <summary>The verdicts.</summary>
    /// <param name="table">The table's rows.</param>
    public static IEnumerable<Verdict> Of(IReadOnlyList<TableRow> table) =>
    [
        .. table.Where(row => row.PublishedAccuracy is { Published.Runs: > 1 }).Select(Accuracy),
        .. table.Where(row => row.Model == ModelKind.Mixture && PublishedActivations.Compared.Contains(row.Activation)).Select(Entropy),
        .. table.Where(row => row is { Model: ModelKind.Single, Activation.IsLinear: true } && s_equalStrengths.Contains(row.Setting)).Select(LinearSingle),
    ];

    private static Verdict Accuracy(TableRow row)
    {
        var comparison = row.PublishedAccuracy!;
        var margin = row.Activation.IsLinear ? LinearMargin : NonlinearMargin;
        return new Verdict(
            Part(row), Subject(row), "The test accuracy is the published one",
            $"0 in the 95 % Welch interval of ours - published, widened by {FindingsFormat.Points(margin)}",
            comparison.Welch is { } welch
                ? $"{FindingsFormat.Signed(comparison.Difference)} points, 95 % {FindingsFormat.Signed(welch.Difference95)}"
                : $"{FindingsFormat.Signed(comparison.Difference)} points, one run: no interval",
            comparison.Difference,
            comparison.Welch is { } interval && interval.Difference95.Widened(margin).Contains(0),
            FindingsFormat.Departures(row.Departures));
    }

    private static Verdict Entropy(TableRow row)
    {
        var entropy = row.DispatchEntropy!;
        var linear = row.Activation.IsLinear;
        var single = row.Runs.Count(run => Holds(run.DispatchEntropy!.Value));
        return new Verdict(
            Part(row), Subject(row),
            linear ? "Linear experts do not find the clusters" : "Nonlinear experts find the clusters",
            linear ? $"mean dispatch entropy above {FindingsFormat.Entropy(MixedAbove)}" : $"mean dispatch entropy below {FindingsFormat.Entropy(SpecialisedBelow)}",
            FindingsFormat.Entropy(entropy), entropy.Mean, Holds(entropy.Mean),
            FindingsFormat.Notes($"so in {single} of {ModelNames.Runs(row.Runs.Count)}", FindingsFormat.Departures(row.Departures)));

        bool Holds(double value) => linear ? value > MixedAbove : value < SpecialisedBelow;
    }

    private static Verdict LinearSingle(TableRow row)
    {
        var farthest = row.Runs.MaxBy(run => double.IsNaN(run.TestAccuracy) ? double.PositiveInfinity : Math.Abs(run.TestAccuracy - 75))!;
        return new Verdict(
            Part(row), Subject(row), "A single linear model is right in three of four samples",
            "every run's test accuracy within 75 +- 2 %",
            $"{FindingsFormat.Range(row.TestAccuracy)} %", farthest.TestAccuracy, s_linear.Contains(farthest.TestAccuracy),
            FindingsFormat.Notes(
                row.TestAccuracyAtSmallestLoss is { } best ? $"{FindingsFormat.Range(best)} % with the weights of the smallest loss" : "",
                FindingsFormat.Departures(row.Departures)));
    }

    private static string Part(TableRow row) => row.Kind == RowKind.OneDataSet ? ReproductionPart.Table : ReproductionPart.OverData;

    private static string Subject(TableRow row) =>
        $"{ModelNames.Setting(row.Setting)}, {ModelNames.Of(row.Model, row.Activation, row.Filters)}, {ModelNames.Of(row.Kind)}";
}
