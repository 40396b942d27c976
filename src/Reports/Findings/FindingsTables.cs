using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>
/// Findings as Markdown tables. A figure over several runs is mean +- population deviation, as in the paper's tables.
/// </summary>
internal static class FindingsTables
{
    /// <summary>All tables that have rows, each under a heading of the second level.</summary>
    public static string All(ReproductionFindings findings) =>
        string.Join('\n', Tables(findings).Select(table => $"## {table.Heading}\n\n{table.Table}"));

    /// <summary>All tables that have rows.</summary>
    public static IReadOnlyList<(string Part, string Heading, MarkdownTable Table)> Tables(ReproductionFindings findings)
    {
        (string Part, string Heading, MarkdownTable Table)[] tables =
        [
            (nameof(findings.Verdicts), "Verdicts", Verdicts(findings.Verdicts)),
            (nameof(findings.Table), "Single models and mixtures", Table(findings.Table)),
            (nameof(findings.Bounds), "Theorem 4.1: what single models can reach", Bounds(findings.Bounds)),
            (nameof(findings.Bounds), "Theorem 4.1: the swap test", SwapTests(findings.SwapTests)),
            (nameof(findings.Specialisation), "Theorem 4.2: specialisation", Specialisation(findings.Specialisation)),
            (nameof(findings.Specialisation), "Theorem 4.2: who serves which cluster", Experts(findings.Specialisation)),
            (nameof(findings.Curves), "Dispatch entropy over training", Curves(findings.Curves)),
            .. Enum.GetValues<Sweep>().Select(sweep =>
                (nameof(findings.Sweeps), Heading(sweep), Sweeps([.. findings.Sweeps.Where(point => point.Sweep == sweep)]))),
        ];
        return [.. tables.Where(table => table.Table.Rows.Count > 0)];
    }

    public static MarkdownTable Verdicts(IReadOnlyList<Verdict> verdicts)
    {
        var table = new MarkdownTable("claim", "of", "expected", "measured", "holds", "note");
        foreach (var verdict in verdicts)
            table.Add(verdict.Claim, verdict.Subject, verdict.Expected, verdict.Measured, verdict.Holds ? "yes" : "**no**", verdict.Note);
        return table;
    }

    public static MarkdownTable Table(IReadOnlyList<TableRow> rows)
    {
        var table = new MarkdownTable(
            "setting", "model", "runs", "test accuracy, %", "published", "ours - published, 95 %", "without noise, %", "smallest loss, %", "training, %", "dispatch entropy", "published");
        foreach (var row in rows)
        {
            table.Add(
                row.Setting, ModelNames.Of(row.Model, row.Activation, row.Filters), $"{row.Runs.Count}, {ModelNames.Of(row.Kind)}",
                FindingsFormat.Accuracy(row.TestAccuracy), Published(row.PublishedAccuracy, "0.00"), Difference(row.PublishedAccuracy),
                row.Model == ModelKind.Mixture ? FindingsFormat.Accuracy(row.TestAccuracyWithoutNoise) : "",
                row.TestAccuracyAtSmallestLoss is { } best ? FindingsFormat.Accuracy(best) : "",
                FindingsFormat.Accuracy(row.TrainAccuracy),
                row.DispatchEntropy is { } entropy ? FindingsFormat.Entropy(entropy) : "", Published(row.PublishedEntropy, "0.000"));
        }

        return table;
    }

    private static MarkdownTable Bounds(IReadOnlyList<BoundRow> rows)
    {
        var table = new MarkdownTable("setting", "model", "runs", "test accuracy, %", "largest, %", "bound, %", "bound and 2 standard errors, %", "quadruples with none wrong");
        foreach (var row in rows)
        {
            table.Add(
                row.Setting, ModelNames.Of(ModelKind.Single, row.Activation, row.Filters), $"{row.Runs.Count}",
                FindingsFormat.Accuracy(row.TestAccuracy), FindingsFormat.Accuracy(row.Largest), FindingsFormat.Accuracy(row.Bound.Accuracy), FindingsFormat.Accuracy(row.Allowed),
                row.QuadruplesNoneWrong is { } none ? $"{FindingsFormat.Count(none)} of {FindingsFormat.Count(row.Quadruples)}" : "not tested");
        }

        return table;
    }

    private static MarkdownTable SwapTests(IReadOnlyList<SwapTestRow> rows)
    {
        var table = new MarkdownTable("setting", "model", "runs", "quadruples", "none wrong, %", "0 wrong", "1", "2", "3", "4");
        foreach (var row in rows)
        {
            table.Add([
                row.Setting, ModelNames.Of(row.Model, row.Activation, row.Filters), $"{row.NoneWrong.Count}",
                FindingsFormat.Count(row.Quadruples), FindingsFormat.Accuracy(row.NoneWrong), .. row.ByWrong.Select(count => FindingsFormat.Count(count))]);
        }

        return table;
    }

    private static MarkdownTable Specialisation(IReadOnlyList<SpecialisationRow> rows)
    {
        var table = new MarkdownTable(
            "recipe", "setting", "model", "runs", "training error, %", "test error, %", "without noise, %", "every cluster served", "least accurate expert, %", "misdispatched, %");
        foreach (var row in rows)
        {
            table.Add(
                FindingsFormat.Name(row.Recipe), row.Setting, ModelNames.Of(ModelKind.Mixture, row.Activation, 0), $"{row.Runs.Count}",
                FindingsFormat.Accuracy(row.TrainError), FindingsFormat.Accuracy(row.TestError), FindingsFormat.Accuracy(row.TestErrorWithoutNoise),
                row.EveryClusterServed ? "yes" : "**no**", FindingsFormat.Accuracy(row.LowestAccuracy), FindingsFormat.Accuracy(row.Misdispatched));
        }

        return table;
    }

    private static MarkdownTable Experts(IReadOnlyList<SpecialisationRow> rows)
    {
        var table = new MarkdownTable("recipe", "setting", "model", "seed", "cluster", "experts (samples, accuracy alone)");
        foreach (var (row, run) in rows.SelectMany(row => row.Runs.Select(run => (row, run))))
        {
            foreach (var (cluster, set) in run.ExpertSets.Index())
            {
                var experts = set.Select(m => run.Experts[m]).Select(expert =>
                    $"{expert.Expert} ({FindingsFormat.Count(expert.Samples)}, {FindingsFormat.Accuracy(expert.UnroutedAccuracy!.Value)} %)");
                table.Add(
                    FindingsFormat.Name(row.Recipe), row.Setting, ModelNames.Of(ModelKind.Mixture, row.Activation, 0), $"{run.Seed}",
                    $"{cluster}", set.Length == 0 ? "**none**" : string.Join(", ", experts));
            }
        }

        return table;
    }

    private static MarkdownTable Curves(IReadOnlyList<EntropyCurve> curves)
    {
        var table = new MarkdownTable("setting", "model", "runs", "epoch", "ours, mean +- 95 % half-width", "the authors'", "within");
        foreach (var (curve, point) in curves.SelectMany(curve => curve.Comparisons.Select(point => (curve, point))))
        {
            table.Add(
                curve.Setting, ModelNames.Of(ModelKind.Mixture, curve.Activation, 0), $"{curve.Runs}", $"{point.Published.Epoch}",
                FindingsFormat.MeanAndDeviation(point.Ours, curve.Runs == 1 ? null : point.HalfWidth, "0.000"),
                FindingsFormat.MeanAndDeviation(point.Published.Mean, point.Published.HalfWidth, "0.000"),
                point.Excess <= 0 ? "yes" : $"**no**, {FindingsFormat.Entropy(point.Excess)} too far");
        }

        return table;
    }

    private static MarkdownTable Sweeps(IReadOnlyList<SweepPoint> points)
    {
        var table = new MarkdownTable("sweep", "recipe", "setting", "model", "value", "runs", "test accuracy, %", "without noise, %", "dispatch entropy", "imbalance", "ms a step");
        foreach (var point in points)
        {
            table.Add(
                Heading(point.Sweep), FindingsFormat.Name(point.Recipe), point.Setting, ModelNames.Of(ModelKind.Mixture, point.Activation, 0), point.Value, $"{point.Runs}",
                FindingsFormat.Accuracy(point.TestAccuracy), FindingsFormat.Accuracy(point.TestAccuracyWithoutNoise), FindingsFormat.Entropy(point.DispatchEntropy),
                FindingsFormat.Accuracy(point.Imbalance), FindingsFormat.Accuracy(point.StepMilliseconds));
        }

        return table;
    }

    private static string Heading(Sweep sweep) => sweep switch
    {
        Sweep.Noise => "Router noise in",
        Sweep.LoadBalance => "Load-balancing coefficient",
        Sweep.Experts => "Number of experts",
        _ => "Number of clusters",
    };

    private static string Published(Comparison? comparison, string format) => comparison?.Published is { } value
        ? $"{FindingsFormat.MeanAndDeviation(value.Value, value.PopulationDeviation, format)}{(value.Runs == 1 ? ", 1 run" : "")}"
        : "";

    private static string Difference(Comparison? comparison) => comparison switch
    {
        null => "",
        { Welch: { } welch } => $"{FindingsFormat.Signed(comparison.Difference)} {FindingsFormat.Signed(welch.Difference95)}",
        { InRange: { } inRange } => $"{FindingsFormat.Signed(comparison.Difference)}, {(inRange ? "in" : "out of")} our range",
        _ => FindingsFormat.Signed(comparison.Difference),
    };
}
