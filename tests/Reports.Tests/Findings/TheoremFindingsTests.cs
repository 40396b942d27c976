using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class TheoremFindingsTests
{
    // Two standard errors of 16,000 samples at 87.5 %: 0.5229 points.
    [Theory]
    [InlineData(87.5, null, true)]
    [InlineData(88.02, null, true)]
    [InlineData(88.03, null, false)]
    [InlineData(80.0, 88.03, false)]
    [InlineData(double.NaN, null, false)]
    public void No_single_model_is_above_its_bound_and_two_standard_errors(double accuracy, double? best, bool holds)
    {
        var findings = ReproductionFindings.Of([
            Finished("bounds", Single("theorem", Activation.Relu, 64), accuracy, best: best),
            Finished("table", Single("theorem"), accuracy: 70),
        ]);
        var verdict = Verdict(findings, "theorem 4.1 allows");
        (verdict.Holds, verdict.Subject).ShouldBe((holds, "theorem setting, 2 single models"));
        verdict.Value.ShouldBe(Math.Max(accuracy, best ?? 0));
        findings.Bounds[0].Largest.ShouldBe(verdict.Value);
    }

    [Fact]
    public void A_row_of_theorem_4_1_has_the_bound_of_its_data()
    {
        var row = ReproductionFindings.Of([
            Finished("bounds", Single("1", Activation.Gelu, 64, seed: 1), accuracy: 80, best: 83),
            Finished("bounds", Single("1", Activation.Gelu, 64, seed: 2), accuracy: 82, best: 81),
        ]).Bounds.ShouldHaveSingleItem();
        row.Bound.Accuracy.ShouldBe(92.5, 1e-9);
        row.Allowed.ShouldBe(92.5 + (200 * Math.Sqrt(0.075 * 0.925 / 16_000)), 1e-9);
        (row.Largest, row.QuadruplesNoneWrong, row.Quadruples, row.Runs.Count).ShouldBe((83, 0, 2000, 2));
    }

    [Fact]
    public void One_exception_breaks_the_swap_test()
    {
        LabelledRun[] sound = [Finished("table", Single("3", seed: 1)), Finished("bounds", Single("3", Activation.Tanh, 64))];
        Verdict(ReproductionFindings.Of(sound), "without exception").Holds.ShouldBeTrue();
        var verdict = Verdict(ReproductionFindings.Of([.. sound, Finished("table", Single("3", seed: 2), noneWrong: 1)]), "without exception");
        (verdict.Holds, verdict.Measured).ShouldBe((false, "1 of 3,000 quadruples with none wrong"));
    }

    [Theory]
    [InlineData(900, true)]
    [InlineData(500, false)]
    public void A_nonlinear_mixture_gets_most_quadruples_wholly_right(int noneWrong, bool holds)
    {
        // A run of two parts is one run.
        var run = Finished("table", Mixture("3"), noneWrong: noneWrong) with { Parts = ["table", "over-data"] };
        var findings = ReproductionFindings.Of([run]);
        var row = findings.SwapTests.ShouldHaveSingleItem();
        (row.Quadruples, row.NoneWrong.Mean).ShouldBe((1000, noneWrong / 10.0));
        row.ByWrong.ShouldBe([noneWrong, 600, 400 - noneWrong, 0, 0]);
        Verdict(findings, "wholly right").Holds.ShouldBe(holds);
    }

    [Fact]
    public void An_expert_belongs_to_the_cluster_from_which_it_gets_most_of_its_samples()
    {
        int[][] counts = [[90, 10, 0, 0], [5, 60, 0, 30], [5, 30, 0, 70]];
        double[][] unrouted = [[99.8, 50, 51, 52], [60, 99.5, 61, 62], [70, 71, 72, 98.9]];
        var row = ReproductionFindings.Of([Finished("specialisation", Mixture("theorem"), counts: counts).WithUnrouted(unrouted).With(run => run with { TrainAccuracy = 99.5 })]).Specialisation.ShouldHaveSingleItem();
        var run = row.Runs.ShouldHaveSingleItem();
        run.ExpertSets.ShouldBe([[0], [1], [3]]);
        run.Experts.ShouldBe([new(0, 100, 0, 90, 99.8), new(1, 100, 1, 60, 99.5), new(2, 0, null, 0, null), new(3, 100, 2, 70, 98.9)]);
        run.Misdispatched.ShouldBe(100 * 80 / 300.0, 1e-9);
        (run.TrainError, run.TestError, run.TestErrorWithoutNoise).ShouldBe((0.5, 1, 0.5));
        (run.EveryClusterServed, run.LowestAccuracy, row.EveryExpertAccurate).ShouldBe((true, 98.9, false));
    }

    [Fact]
    public void A_cluster_without_experts_is_told()
    {
        var findings = ReproductionFindings.Of([Finished("specialisation", Mixture("theorem"), counts: [[90, 80], [10, 20]]).WithUnrouted([[99.9, 99.9], [50, 50]])]);
        findings.Specialisation[0].Runs[0].ExpertSets.ShouldBe([[0, 1], []]);
        Verdict(findings, "experts of its own").Holds.ShouldBeFalse();
        Verdict(findings, "accurate on its cluster").Holds.ShouldBeTrue();
    }

    [Theory]
    [InlineData(100, 99.0, true, true)]
    [InlineData(99.99, 98.4, false, false)]
    public void Both_recipes_are_held_to_training_error_0(double training, double accuracy, bool zero, bool near)
    {
        var findings = ReproductionFindings.Of([
            Finished("specialisation", Presets.For(Recipe.Paper, "theorem"), accuracy).With(run => run with { TrainAccuracy = training }),
            Finished("specialisation", Mixture("theorem")).With(run => run with { TrainAccuracy = 99 }),
        ]);
        findings.Specialisation.Select(row => row.Recipe).ShouldBe([Recipe.Reference, Recipe.Paper]);
        Holds("training error is 0").ShouldBe([false, zero]);
        Holds("test error is near 0").Last().ShouldBe(near);
        Holds("accurate on its cluster").Length.ShouldBe(2);

        bool[] Holds(string claim) => [.. findings.Verdicts.Where(verdict => verdict.Claim.Contains(claim)).Select(verdict => verdict.Holds)];
    }

    private static Verdict Verdict(ReproductionFindings findings, string claim) =>
        findings.Verdicts.Where(verdict => verdict.Claim.Contains(claim)).ShouldHaveSingleItem();
}
