using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>Whether single models stay below theorem 4.1's bound.</summary>
internal static class SingleModelVerdicts
{
    /// <summary>A verdict for each setting, over all of its single models.</summary>
    public static IEnumerable<Verdict> Of(IReadOnlyList<LabelledRun> runs) =>
        RunOrder.Of(runs, ReproductionPart.Table, ReproductionPart.OverData, ReproductionPart.Bounds)
            .Where(run => !run.IsMixture)
            .GroupBy(run => run.Run.Spec.Data.Setting)
            .Select(setting => Bound(setting.Key, [.. setting]));

    private static Verdict Bound(string setting, LabelledRun[] runs)
    {
        var closest = runs.MaxBy(run => double.IsNaN(Above(run)) ? double.PositiveInfinity : Above(run))!;
        var spec = closest.Run.Spec;
        var bound = Published.SingleModelBound.Of(spec.Data);
        return new Verdict(
            ReproductionPart.Bounds, $"{ModelNames.Setting(setting)}, {runs.Length} single models",
            "No single model is more accurate than theorem 4.1 allows",
            $"test accuracy at most {FindingsFormat.Accuracy(bound.Accuracy)} % and {BoundFindings.StandardErrors:0} standard errors, {FindingsFormat.Accuracy(BoundFindings.Allowed(spec.Data))} %",
            $"{FindingsFormat.Accuracy(BoundFindings.Largest(closest))} % at most ({ModelNames.Of(ModelKind.Single, spec.Model.Activation, spec.Model.Filters)}, {closest.Name})",
            BoundFindings.Largest(closest), runs.All(run => Above(run) <= 0),
            $"standard error of {FindingsFormat.Count(spec.Data.Test)} test samples; the weights of the smallest loss count too");
    }

    private static double Above(LabelledRun run) => BoundFindings.Largest(run) - BoundFindings.Allowed(run.Run.Spec.Data);
}
