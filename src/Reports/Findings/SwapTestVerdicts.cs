using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Findings;

/// <summary>Whether the claims of the swap test hold, which is the proof of theorem 4.1.</summary>
internal static class SwapTestVerdicts
{
    private const double Most = 50;

    /// <summary>A verdict for each setting's single models, and for each nonlinear mixture.</summary>
    /// <param name="rows">The swap test's rows.</param>
    public static IEnumerable<Verdict> Of(IReadOnlyList<SwapTestRow> rows) =>
    [
        .. rows.Where(row => row.Model == ModelKind.Single).GroupBy(row => row.Setting).Select(setting => Singles(setting.Key, [.. setting])),
        .. rows.Where(row => row.Model == ModelKind.Mixture && row.Activation == PublishedActivations.Nonlinear).Select(Mixture),
    ];

    private static Verdict Singles(string setting, SwapTestRow[] rows)
    {
        var none = rows.Sum(row => row.ByWrong[0]);
        var runs = rows.Sum(row => row.NoneWrong.Count);
        return new Verdict(
            ReproductionPart.Bounds, $"{ModelNames.Setting(setting)}, {runs} single models",
            "Every single model gets one of four swapped samples wrong, without exception",
            "no quadruple with none wrong",
            $"{FindingsFormat.Count(none)} of {FindingsFormat.Count(rows.Sum(row => row.Quadruples))} quadruples with none wrong", none, none == 0, "");
    }

    private static Verdict Mixture(SwapTestRow row) => new(
        ReproductionPart.Bounds, $"{ModelNames.Setting(row.Setting)}, {ModelNames.Of(row.Model, row.Activation, row.Filters)}",
        "The nonlinear mixture gets most quadruples wholly right, of which a single model gets none",
        $"above {FindingsFormat.Accuracy(Most)} % of the quadruples with none wrong",
        $"{FindingsFormat.Accuracy(row.NoneWrong)} %, {ModelNames.Runs(row.NoneWrong.Count)}", row.NoneWrong.Mean, row.NoneWrong.Mean > Most,
        "without router noise");
}
