using MoeOrleans.Cli.Views;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Cli.Tests.Views;

/// <summary>The summary of a run in the terminal.</summary>
public sealed class SummaryTableTests
{
    private static readonly BestLossSummary s_best = new(36, Loss: 2.292731, TrainAccuracy: 46.43, TestAccuracy: 41.5, TestAccuracyWithoutNoise: 41.5, "hash");

    [Fact]
    public void Weights_of_the_smallest_loss_are_told_with_that_loss() =>
        SummaryTable.AtBest(s_best).ShouldBe(("at the smallest loss", "test accuracy 41.50 %, training accuracy 46.43 %, loss 2.292731, step 36"));

    [Fact]
    public void Weights_chosen_by_validation_are_told_with_what_they_were_chosen_by() =>
        SummaryTable.AtBest(s_best with { ValidationLoss = 1.79517, ValidationAccuracy = 45 }).ShouldBe(
            ("at the smallest validation loss", "test accuracy 41.50 %, validation accuracy 45.00 %, validation loss 1.795170, after 36 steps"));
}
