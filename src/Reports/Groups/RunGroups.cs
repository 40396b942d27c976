using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Groups;

/// <summary>Puts runs that differ in their seeds alone together, and compares the groups with the best one.</summary>
internal static class RunGroups
{
    /// <summary>Half an interval of more percentage points than this tells nothing about two groups that overlap.</summary>
    public const double WideHalfWidth = 1;

    private static readonly string[] s_unnamed = ["Sha256", "sha256", "Path", "path", "initialWeights", "classNames"];

    /// <summary>Groups runs.</summary>
    /// <param name="runs">At least one run. One that is there twice, or another of the same specification, counts once.</param>
    /// <param name="columns">Paths of the fields to name; null for those in which the groups differ.</param>
    /// <returns>The groups in the order of their first runs.</returns>
    public static IReadOnlyList<RunGroup> Of(IReadOnlyList<GroupedRun> runs, IReadOnlyList<string>? columns = null)
    {
        // The same specification has the same bits: counted twice, it would make intervals too narrow.
        runs = [.. runs.DistinctBy(run => SpecHash.Of(run.Spec))];
        var groups = runs.GroupBy(run => SpecHash.Of(WithoutSeed(run.Spec))).Select(group => group.ToArray()).ToArray();
        var differing = columns is null ? Differing([.. groups.Select(group => group[0].Spec)]) : [.. columns.Select(path => SpecFields.Find(path)!)];
        // Who chooses by the test samples has none left to test with.
        var byValidation = runs.All(run => run.ValidationAccuracy is not null);
        var accuracies = groups.Select(group => Sample.Of(group.Select(run => byValidation ? run.ValidationAccuracy!.Value : run.Summary.TestAccuracy))).ToArray();
        var best = Array.IndexOf(accuracies, accuracies.MaxBy(sample => sample.Mean));
        var compares = groups.Length > 1 && HaveOneDataSet(runs);
        return [.. groups.Select((group, i) => Group(group, differing, accuracies[i], i == best || !compares ? null : accuracies[best], compares))];
    }

    /// <summary>Whether the runs have the same files. Otherwise their accuracies do not compare.</summary>
    /// <param name="runs">The runs.</param>
    public static bool HaveOneDataSet(IEnumerable<GroupedRun> runs) => runs.Select(run => run.Spec.Data.Sha256).Distinct().Count() <= 1;

    private static RunGroup Group(GroupedRun[] runs, IReadOnlyList<SpecField> differing, Sample accuracy, Sample? best, bool compares)
    {
        var spec = runs[0].Spec;
        var difference = best is null ? null : WelchInterval.Of(accuracy, best);
        return new RunGroup(
            [.. differing.Select(field => new GroupValue(field.Path, SpecField.Format(field.Get(spec))))],
            [.. runs.Select(run => run.Name)],
            Sample.Of(runs.Select(run => run.Summary.TestAccuracy)),
            runs.All(run => run.ValidationAccuracy is not null) ? Sample.Of(runs.Select(run => run.ValidationAccuracy!.Value)) : null,
            Sample.Of(runs.Select(run => run.Summary.TrainAccuracy)),
            spec.Model.Experts > 1 && spec.Data.Clusters > 1 ? Sample.Of(runs.Select(run => run.Summary.DispatchEntropy)) : null,
            Sample.Of(runs.Select(run => run.Summary.WallSeconds)),
            difference,
            !compares ? "" : best is null ? "best" : Verdict(difference));
    }

    private static string Verdict(WelchInterval? difference)
    {
        if (difference is not { Difference95: var interval } || double.IsNaN(interval.Low)) return "too few runs to tell";
        if (!interval.Contains(0)) return string.Create(CultureInfo.InvariantCulture, $"lower by {-interval.High:0.00} to {-interval.Low:0.00}");
        return (interval.High - interval.Low) / 2 > WideHalfWidth ? "too few runs to tell" : "no difference seen";
    }

    // The seed is what the runs of a group differ in; paths and hashes say less than they take room.
    private static IReadOnlyList<SpecField> Differing(IReadOnlyList<RunSpec> specs) =>
        [.. SpecFields.All.Where(field => field.Path != "training.seed" && !s_unnamed.Any(end => field.Path.EndsWith(end, StringComparison.Ordinal)) && specs.Any(spec => !Equals(field.Get(spec), field.Get(specs[0]))))];

    private static RunSpec WithoutSeed(RunSpec spec) => spec with { Training = spec.Training with { Seed = 0 } };
}
