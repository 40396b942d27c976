using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class TableVerdictsTests
{
    // Published 98.10 +- 1.56 over ten runs: the Welch interval of four runs that spread by +-0.1 reaches about 1.2 to either
    // side of the difference, and the margin of 1 point is added.
    [Theory]
    [InlineData(98.1, true)]
    [InlineData(96.1, true)]
    [InlineData(95.7, false)]
    [InlineData(100.1, true)]
    public void The_accuracy_holds_where_the_widened_interval_contains_no_difference(double mean, bool holds)
    {
        var verdict = Verdict("published one", Row("2", Activation.Cubic, [mean - 0.1, mean + 0.1, mean - 0.1, mean + 0.1]));
        verdict.Holds.ShouldBe(holds);
        verdict.Value.ShouldBe(mean - 98.10, 1e-9);
        verdict.Subject.ShouldBe("setting 2, MoE nonlinear, one data set");
        verdict.Expected.ShouldContain("1 point");
    }

    // Published 89.49 +- 1.35: reaches about 1.02.
    [Theory]
    [InlineData(92.3, true)]
    [InlineData(92.8, false)]
    public void A_linear_mixture_has_a_margin_of_two_points(double mean, bool holds) =>
        Verdict("published one", Row("2", Activation.Linear, [mean - 0.1, mean + 0.1, mean - 0.1, mean + 0.1])).Holds.ShouldBe(holds);

    [Fact]
    public void One_run_alone_bears_nothing_out()
    {
        var verdict = Verdict("published one", Row("2", Activation.Cubic, [98.1]));
        (verdict.Holds, verdict.Measured).ShouldBe((false, "0.00 points, one run: no interval"));
    }

    [Theory]
    [InlineData("cubic", 0.34, true)]
    [InlineData("cubic", 0.36, false)]
    [InlineData("linear", 1.01, true)]
    [InlineData("linear", 0.99, false)]
    [InlineData("linear", double.NaN, false)]
    public void Nonlinear_experts_find_the_clusters_and_linear_ones_do_not(string activation, double entropy, bool holds)
    {
        var verdict = Verdict("find the clusters", [Finished("table", Mixture("3", Activation.Find(activation)), entropy: entropy)], "not find");
        (verdict.Holds, verdict.Value).ShouldBe((holds, entropy));
    }

    [Fact]
    public void The_note_says_in_how_many_runs_the_entropy_is_so() =>
        Verdict("find the clusters", [Finished("table", Mixture("3", seed: 1), entropy: 0.6), Finished("table", Mixture("3", seed: 2), entropy: 0.05)])
            .Note.ShouldBe("so in 1 of 2 runs");

    [Theory]
    [InlineData("3", 76.9, true)]
    [InlineData("theorem", 73.0, true)]
    [InlineData("4", 77.1, false)]
    [InlineData("4", 72.9, false)]
    [InlineData("4", double.NaN, false)]
    public void Every_single_linear_model_is_right_in_three_of_four_samples(string setting, double accuracy, bool holds)
    {
        var verdict = Verdict("three of four", [
            Finished("table", Single(setting, Activation.Linear, seed: 1), accuracy: 75),
            Finished("table", Single(setting, Activation.Linear, seed: 2), accuracy: accuracy),
        ]);
        (verdict.Holds, verdict.Value).ShouldBe((holds, accuracy));
    }

    [Fact]
    public void Where_strengths_differ_a_linear_model_is_not_held_to_three_of_four() =>
        ReproductionFindings.Of([Finished("table", Single("1", Activation.Linear), accuracy: 68)]).Verdicts.ShouldNotContain(verdict => verdict.Claim.Contains("three of four"));

    [Fact]
    public void A_verdict_over_runs_of_another_recipe_says_so()
    {
        var spec = Mixture("1");
        Verdict("published one", [Finished("table", spec with { Model = spec.Model with { Options = new PatchCnnOptions { Filters = 8 }, Experts = 4 } })])
            .Note.ShouldBe("not as published: model.experts is 4, published 8");
    }

    private static LabelledRun[] Row(string setting, Activation activation, double[] accuracies) =>
        [.. accuracies.Select((accuracy, i) => Finished("table", Mixture(setting, activation, i + 1), accuracy))];

    private static Verdict Verdict(string claim, LabelledRun[] runs, string? or = null) =>
        ReproductionFindings.Of(runs).Verdicts.Where(verdict => verdict.Claim.Contains(claim) || (or is not null && verdict.Claim.Contains(or))).ShouldHaveSingleItem();
}
