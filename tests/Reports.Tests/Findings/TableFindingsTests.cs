using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class TableFindingsTests
{
    [Fact]
    public void Every_run_of_a_row_is_a_dot_beside_the_published_figures()
    {
        var findings = ReproductionFindings.Of([
            Finished("table", Mixture("1", seed: 2), accuracy: 99.6, entropy: 0.2),
            Finished("table", Mixture("1", seed: 1), accuracy: 99.2, entropy: 0.1),
        ]);
        var row = findings.Table.ShouldHaveSingleItem();
        (row.Setting, row.Model, row.Activation, row.Kind, row.DataSeed).ShouldBe(("1", ModelKind.Mixture, Activation.Cubic, RowKind.OneDataSet, 1L));
        row.Runs.Select(run => (run.Seed, run.TestAccuracy, run.DispatchEntropy)).ShouldBe([(1L, 99.2, 0.1), (2L, 99.6, 0.2)]);
        (row.Runs[0].StopStep, row.Runs[0].StopReason, row.Runs[0].WeightsSha256).ShouldBe((500L, StopReason.Rise, "hash of table-Mixture-1-1-1"));
        row.TestAccuracy.Mean.ShouldBe(99.4, 1e-9);
        row.TestAccuracyWithoutNoise.Mean.ShouldBe(99.9, 1e-9);
        row.PublishedAccuracy!.Published.Value.ShouldBe(99.46);
        row.PublishedAccuracy.Welch!.Difference.ShouldBe(-0.06, 1e-9);
        row.PublishedAccuracy.InRange.ShouldBeNull();
        row.PublishedEntropy!.Difference.ShouldBe(0.052, 1e-9);
        row.Departures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(68.0, 68.5, true)]
    [InlineData(68.5, 69.0, false)]
    public void A_published_value_of_one_run_lies_in_the_range_of_ours_or_not(double low, double high, bool inRange)
    {
        var row = ReproductionFindings.Of([
            Finished("table", Single("1", Activation.Linear, seed: 1), accuracy: low, best: low + 2),
            Finished("table", Single("1", Activation.Linear, seed: 2), accuracy: high, best: high + 2),
        ]).Table.ShouldHaveSingleItem();
        row.PublishedAccuracy!.InRange.ShouldBe(inRange);
        row.PublishedAccuracy.Welch.ShouldBeNull();
        (row.DispatchEntropy, row.PublishedEntropy).ShouldBe((null, null));
        row.TestAccuracyAtSmallestLoss!.Mean.ShouldBe(((low + high) / 2) + 2, 1e-9);
    }

    [Fact]
    public void One_data_set_and_several_are_rows_of_their_own()
    {
        var first = Finished("table", Mixture("1"));
        var both = first with { Parts = ["table", "over-data"] };
        var other = Finished("over-data", Mixture("1", seed: 2) with { Data = Mixture("1").Data with { Seed = 2 } });
        var rows = ReproductionFindings.Of([both, other]).Table;
        rows.Select(row => (row.Kind, row.DataSeed, row.Runs.Count)).ShouldBe([(RowKind.OneDataSet, 1L, 1), (RowKind.OverDataSets, null, 2)]);
        rows[1].Runs.Select(run => run.DataSeed).ShouldBe([1L, 2L]);
    }

    [Fact]
    public void Rows_are_in_the_order_of_the_paper_whatever_order_runs_ended_in()
    {
        LabelledRun[] runs =
        [
            Finished("table", Mixture("theorem")), Finished("table", Mixture("1")), Finished("table", Mixture("1", Activation.Linear)),
            Finished("table", Single("1", filters: 64)), Finished("table", Single("1")), Finished("table", Single("1", Activation.Linear)),
        ];
        string[] expected = ["1 single linear, J = 40", "1 single nonlinear, J = 40", "1 single nonlinear, J = 64", "1 MoE linear", "1 MoE nonlinear", "theorem MoE nonlinear"];
        foreach (var order in new[] { runs, [.. runs.Reverse()] })
            ReproductionFindings.Of(order).Table.Select(row => $"{row.Setting} {ModelNames.Of(row.Model, row.Activation, row.Filters)}").ShouldBe(expected);
    }

    [Fact]
    public void A_shortened_run_is_told_from_the_published_recipe()
    {
        var spec = Mixture("1");
        ReproductionFindings.Of([Finished("table", spec with { Training = spec.Training with { Steps = 50 } })])
            .Table[0].Departures.ShouldBe(["training.steps is 50, published 501"]);
    }
}
