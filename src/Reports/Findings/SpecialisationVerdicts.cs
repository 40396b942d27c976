using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>Whether nonlinear mixtures do what theorem 4.2 says.</summary>
internal static class SpecialisationVerdicts
{
    private const double SmallTestError = 1;

    /// <summary>The verdicts.</summary>
    /// <param name="rows">The rows of theorem 4.2.</param>
    public static IEnumerable<Verdict> Of(IReadOnlyList<SpecialisationRow> rows) =>
        rows.Where(row => !row.Activation.IsLinear).SelectMany(Of);

    private static IEnumerable<Verdict> Of(SpecialisationRow row)
    {
        yield return Verdict("The training error is 0", "0 in every run", $"{FindingsFormat.Range(row.TrainError)} %", row.TrainError.Max, row.TrainError.Max == 0);
        yield return Verdict(
            "The test error is near 0", $"below {FindingsFormat.Accuracy(SmallTestError)} % in every run, without router noise",
            $"{FindingsFormat.Range(row.TestErrorWithoutNoise)} %", row.TestErrorWithoutNoise.Max, row.TestErrorWithoutNoise.Max < SmallTestError);
        var unserved = row.Runs.Count(run => !run.EveryClusterServed);
        yield return Verdict(
            "Every cluster has experts of its own", "no M_k is empty in any run",
            $"{unserved} of {ModelNames.Runs(row.Runs.Count)} with a cluster without experts", unserved, row.EveryClusterServed);
        yield return Verdict(
            "Every expert with samples is accurate on its cluster", $"above {FindingsFormat.Accuracy(SpecialisationRow.AccurateAbove)} % unrouted, in every run",
            $"{FindingsFormat.Accuracy(row.LowestAccuracy.Min)} % at least", row.LowestAccuracy.Min, row.EveryExpertAccurate);

        Verdict Verdict(string claim, string expected, string measured, double value, bool holds) => new(
            ReproductionPart.Specialisation,
            $"{ModelNames.Setting(row.Setting)}, {ModelNames.Of(ModelKind.Mixture, row.Activation, 0)}, recipe {FindingsFormat.Name(row.Recipe)}",
            claim, expected, measured, value, holds,
            FindingsFormat.Notes($"{FindingsFormat.Accuracy(row.Misdispatched)} % of the training samples went to an expert of another cluster", FindingsFormat.Departures(row.Departures)));
    }
}
