using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Groups;

/// <summary>Puts runs that differ in their seeds alone together, and compares the groups with the best one.</summary>
internal static class RunGroups
{
    /// <summary>Half an interval of more percentage points than this tells nothing about two groups that overlap.</summary>
    public const double WideHalfWidth = 1;

    /// <summary>Groups runs.</summary>
    /// <param name="runs">At least one run.</param>
    /// <returns>The groups in the order of their first runs.</returns>
    public static IReadOnlyList<RunGroup> Of(IReadOnlyList<GroupedRun> runs)
    {
        var groups = runs.GroupBy(run => SpecHash.Of(WithoutSeed(run.Spec))).Select(group => group.ToArray()).ToArray();
        var differing = Differing([.. groups.Select(group => group[0].Spec)]);
        // Who chooses by the test samples has none left to test with.
        var byValidation = runs.All(run => run.ValidationAccuracy is not null);
        var accuracies = groups.Select(group => Sample.Of(group.Select(run => byValidation ? run.ValidationAccuracy!.Value : run.Summary.TestAccuracy))).ToArray();
        var best = Array.IndexOf(accuracies, accuracies.MaxBy(sample => sample.Mean));
        return [.. groups.Select((group, i) => Group(group, differing, accuracies[i], i == best ? null : accuracies[best], isOnly: groups.Length == 1))];
    }

    private static RunGroup Group(GroupedRun[] runs, IReadOnlyList<SpecField> differing, Sample accuracy, Sample? best, bool isOnly)
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
            isOnly ? "" : best is null ? "best" : Verdict(difference));
    }

    private static string Verdict(WelchInterval? difference)
    {
        if (difference is not { Difference95: var interval } || double.IsNaN(interval.Low)) return "too few runs to tell";
        if (!interval.Contains(0)) return string.Create(CultureInfo.InvariantCulture, $"lower by {-interval.High:0.00} to {-interval.Low:0.00}");
        return (interval.High - interval.Low) / 2 > WideHalfWidth ? "too few runs to tell" : "no difference seen";
    }

    // Labels change no bit, and the seed is what the runs of a group differ in.
    private static IReadOnlyList<SpecField> Differing(IReadOnlyList<RunSpec> specs) =>
        [.. SpecFields.All.Where(field => !field.Attribute.Label && field.Path != "training.seed" && specs.Any(spec => !Equals(field.Get(spec), field.Get(specs[0]))))];

    private static RunSpec WithoutSeed(RunSpec spec) => spec with { Training = spec.Training with { Seed = 0 } };
}
