using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Makes the table's rows.</summary>
internal static class TableFindings
{
    /// <summary>The rows: for each model on one data set first, then over data sets.</summary>
    public static IReadOnlyList<TableRow> Of(IReadOnlyList<LabelledRun> runs) =>
    [
        .. RunOrder.Of(runs, ReproductionPart.Table).GroupBy(run => (Key(run), run.Run.Spec.Data.Seed)).Select(row => Row([.. row], RowKind.OneDataSet)),
        .. RunOrder.Of(runs, ReproductionPart.OverData).GroupBy(Key).Select(row => Row([.. row], RowKind.OverDataSets)),
    ];

    private static (string Setting, ModelKind Model, Activation Activation, int Filters) Key(LabelledRun run) =>
        (run.Run.Spec.Data.Setting, run.Run.Spec.Model.Kind, run.Run.Spec.Model.Activation, run.Run.Spec.Model.Filters);

    private static TableRow Row(LabelledRun[] runs, RowKind kind)
    {
        var (setting, model, activation, filters) = Key(runs[0]);
        RunDot[] dots = [.. runs.Select(RunDot.Of)];
        var accuracy = Sample.Of(dots.Select(dot => dot.TestAccuracy));
        var entropy = model == ModelKind.Mixture ? Sample.Of(dots.Select(dot => dot.DispatchEntropy!.Value)) : null;
        var published = PublishedTable.Find(setting, model, activation, filters);
        return new TableRow(
            setting, model, activation, filters, kind, kind == RowKind.OneDataSet ? runs[0].Run.Spec.Data.Seed : null, dots,
            accuracy,
            Sample.Of(dots.Select(dot => dot.TestAccuracyWithoutNoise)),
            Sample.Of(dots.Select(dot => dot.TrainAccuracy)),
            entropy,
            dots.All(dot => dot.TestAccuracyAtSmallestLoss.HasValue) ? Sample.Of(dots.Select(dot => dot.TestAccuracyAtSmallestLoss!.Value)) : null,
            published is null ? null : Comparison.Of(accuracy, published.TestAccuracy),
            published?.DispatchEntropy is { } value && entropy is not null ? Comparison.Of(entropy, value) : null,
            Departures.FromRecipe(runs));
    }
}
