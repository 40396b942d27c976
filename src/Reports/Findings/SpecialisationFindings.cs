using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Makes the rows of theorem 4.2.</summary>
internal static class SpecialisationFindings
{
    /// <summary>The rows, recipe by recipe.</summary>
    public static IReadOnlyList<SpecialisationRow> Of(IReadOnlyList<LabelledRun> runs) =>
        [.. RunOrder.Of(runs, ReproductionPart.Specialisation)
            .Where(run => run.IsMixture)
            .GroupBy(run => (run.Run.Spec.Recipe, run.Run.Spec.Data.Setting, run.Run.Spec.Model.Activation))
            .OrderBy(row => row.Key.Recipe)
            .Select(row => Row([.. row]))];

    private static SpecialisationRow Row(LabelledRun[] labelled)
    {
        var spec = labelled[0].Run.Spec;
        SpecialisationRun[] runs = [.. labelled.Select(Run)];
        return new SpecialisationRow(
            spec.Recipe, spec.Data.Setting, spec.Model.Activation, runs,
            Sample.Of(runs.Select(run => run.TrainError)),
            Sample.Of(runs.Select(run => run.TestError)),
            Sample.Of(runs.Select(run => run.TestErrorWithoutNoise)),
            Sample.Of(runs.Select(run => run.LowestAccuracy)),
            Sample.Of(runs.Select(run => run.Misdispatched)),
            runs.All(run => run.EveryClusterServed),
            runs.All(run => run.LowestAccuracy > SpecialisationRow.AccurateAbove),
            Departures.FromRecipe(labelled));
    }

    private static SpecialisationRun Run(LabelledRun labelled)
    {
        var summary = labelled.Run.Summary;
        var unrouted = labelled.Run.Analysis.UnroutedAccuracy;
        var counts = summary.DispatchCounts;
        ExpertService[] experts = [.. Enumerable.Range(0, counts[0].Length).Select(m => Service(counts, unrouted, m))];
        int[][] sets = [.. Enumerable.Range(0, counts.Length).Select(k => experts.Where(expert => expert.Cluster == k).Select(expert => expert.Expert).ToArray())];
        var samples = experts.Sum(expert => expert.Samples);
        return new SpecialisationRun(
            labelled.Name, summary.Seed, summary.DataSeed,
            100 - summary.TrainAccuracy, 100 - summary.TestAccuracy, 100 - summary.TestAccuracyWithoutNoise,
            counts, unrouted, experts, sets,
            sets.All(set => set.Length > 0),
            experts.Min(expert => expert.UnroutedAccuracy) ?? double.NaN,
            100.0 * (samples - experts.Sum(expert => expert.FromCluster)) / samples);
    }

    private static ExpertService Service(int[][] counts, double[][] unrouted, int expert)
    {
        int[] ofClusters = [.. counts.Select(row => row[expert])];
        var most = ofClusters.Max();
        if (most == 0) return new ExpertService(expert, 0, null, 0, null);
        var cluster = Array.IndexOf(ofClusters, most);
        return new ExpertService(expert, ofClusters.Sum(), cluster, most, unrouted[cluster][expert]);
    }
}
