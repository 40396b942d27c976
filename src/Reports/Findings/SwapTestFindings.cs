using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Makes the rows of the swap test.</summary>
internal static class SwapTestFindings
{
    /// <summary>The rows: a model on a setting, over all its runs of the table and of theorem 4.1 that were tested.</summary>
    public static IReadOnlyList<SwapTestRow> Of(IReadOnlyList<LabelledRun> runs) =>
        [.. RunOrder.Of(runs, ReproductionPart.Table, ReproductionPart.OverData, ReproductionPart.Bounds)
            .Where(run => run.Run.Analysis.SwapTest is not null)
            .GroupBy(run => (run.Run.Spec.Data.Setting, run.Run.Spec.Model.Kind, run.Run.Spec.Model.Activation, run.Run.Spec.Model.Filters))
            .Select(row =>
            {
                var tests = row.Select(run => run.Run.Analysis.SwapTest!).ToArray();
                return new SwapTestRow(
                    row.Key.Setting, row.Key.Kind, row.Key.Activation, row.Key.Filters,
                    tests.Sum(test => test.Quadruples),
                    [.. Enumerable.Range(0, tests[0].ByWrong.Length).Select(wrong => tests.Sum(test => test.ByWrong[wrong]))],
                    Sample.Of(tests.Select(test => test.NoneWrong)));
            })];
}
