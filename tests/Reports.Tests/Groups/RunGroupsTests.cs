using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports.Groups;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Reports.Tests.Groups;

/// <summary>Runs in groups: which belong together, and what is said of the differences.</summary>
public sealed class RunGroupsTests
{
    [Fact]
    public void Runs_that_differ_in_their_seeds_alone_are_one_group_and_the_fields_that_differ_are_named()
    {
        var groups = RunGroups.Of([.. Runs(experts: 4, 80, 82), .. Runs(experts: 8, 90, 92)]);
        groups.Select(group => group.Values.ShouldHaveSingleItem()).ShouldBe([new GroupValue("model.experts", "4"), new GroupValue("model.experts", "8")]);
        groups.Select(group => group.Runs).ShouldBe([["4-1", "4-2"], ["8-1", "8-2"]]);
        groups[0].TestAccuracy.Mean.ShouldBe(81);
        groups[1].Verdict.ShouldBe("best");
        RunGroups.Of(Runs(experts: 4, 80, 82)).ShouldHaveSingleItem().Values.ShouldBeEmpty();
    }

    // Three runs of deviation s: the interval of the difference has the half width t(0.975, 4) s sqrt(2/3) = 2.776 s 0.8165.
    [Theory]
    [InlineData(0.1, 1, "lower by 0.77 to 1.23")]
    [InlineData(0.1, 0.1, "no difference seen")]
    [InlineData(1, 1, "too few runs to tell")]
    public void A_verdict_says_only_what_the_interval_shows(double deviation, double difference, string verdict)
    {
        var groups = RunGroups.Of([.. Runs(experts: 4, Around(90 - difference, deviation)), .. Runs(experts: 8, Around(90, deviation))]);
        groups[0].Verdict.ShouldBe(verdict);
        groups[0].Difference!.Difference.ShouldBe(-difference, 1e-9);
    }

    [Fact]
    public void The_best_is_chosen_by_validation_samples_where_all_runs_have_them()
    {
        GroupedRun[] runs = [.. Runs(experts: 4, 80, 82).Select(run => run with { ValidationAccuracy = 95 }), .. Runs(experts: 8, 90, 92).Select(run => run with { ValidationAccuracy = 85 })];
        RunGroups.Of(runs).Select(group => (group.ValidationAccuracy?.Mean, group.Verdict)).ShouldBe([(95, "best"), (85, "lower by 10.00 to 10.00")]);
        RunGroups.Of([.. runs[..3], runs[3] with { ValidationAccuracy = null }]).Select(group => group.Verdict == "best").ShouldBe([false, true]);
    }

    [Fact]
    public void Runs_on_different_files_are_not_ranked()
    {
        var runs = Runs(experts: 4, 80, 82).Concat(Runs(experts: 8, 90, 92).Select(run => run with { Spec = run.Spec with { Data = run.Spec.Data with { Sha256 = "other" } } }));
        RunGroups.Of([.. runs]).Select(group => (group.Verdict, group.Difference)).ShouldBe([("", null), ("", null)]);
    }

    [Fact]
    public void One_run_tells_nothing_about_its_spread()
    {
        var groups = RunGroups.Of([.. Runs(experts: 4, 10), .. Runs(experts: 8, 90, 91)]);
        (groups[0].Verdict, groups[0].Difference).ShouldBe(("too few runs to tell", null));
        RunGroups.Of(Runs(experts: 4, 10))[0].Verdict.ShouldBe("");
    }

    private static double[] Around(double mean, double deviation) => [mean - deviation, mean, mean + deviation];

    private static GroupedRun[] Runs(int experts, params double[] accuracies)
    {
        var spec = new RunSpec();
        spec = spec with { Model = spec.Model with { Experts = experts } };
        return [.. accuracies.Select((accuracy, i) => new GroupedRun($"{experts}-{i + 1}", spec with { Training = spec.Training with { Seed = i + 1 } }, Summary(accuracy)))];
    }

    private static RunSummary Summary(double accuracy) => new(
        "run", "", 1, 1, 1, 10, null, StopReason.Steps, 0.1, 95, accuracy, accuracy, 0.5, [[1]], "", 1, 1, 1, DispatchMode.Reference, 2, 1, 1, 0, null);
}
