using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Tests.Views;

/// <summary>What a log of a run's progress says.</summary>
public sealed class PlainViewTests
{
    [Fact]
    public async Task A_run_that_begins_again_is_told_with_what_was_lost()
    {
        var lines = new StringWriter();
        await Should.ThrowAsync<OperationCanceledException>(() => new PlainView(lines).Watch(report =>
        {
            report(Progress(120), false);
            report(Progress(3) with { Restarts = 1, LostSteps = 120 }, false);
            report(Progress(55) with { Restarts = 1, LostSteps = 120 }, false);
            throw new OperationCanceledException();
        }));

        lines.ToString().Split('\n').Select(line => line.Split("   ")[0]).ShouldBe(
        [
            "step 50/200", "step 100/200", "the run has begun again at step 0: a silo was lost or did not answer; 120 steps are repeated, with the same bits", "step 50/200", "",
        ]);
    }

    [Fact]
    public async Task Evaluations_are_told_at_most_every_50_steps()
    {
        var lines = new StringWriter();
        await Should.ThrowAsync<OperationCanceledException>(() => new PlainView(lines).Watch(report =>
        {
            StepRecord[] records = [.. Progress(120).Records.Select(step => step.Step % 10 == 9 ? step with { Evaluation = new EvaluationRecord(step.Step, 12.5, 0.25, 75) } : step)];
            report(Progress(70) with { Records = records[..70] }, false);
            report(Progress(120) with { Records = records }, false);
            throw new OperationCanceledException();
        }));

        lines.ToString().Split('\n').Where(line => line.Contains("validation", StringComparison.Ordinal)).ShouldBe(
        [
            "step 10/200   validation loss 9.00000 12.50 %   test loss 0.25000 75.00 %",
            "step 60/200   validation loss 59.00000 12.50 %   test loss 0.25000 75.00 %",
            "step 110/200   validation loss 109.00000 12.50 %   test loss 0.25000 75.00 %",
        ]);
    }

    [Theory]
    [InlineData(true, "step 50/200   loss 1.00000   accuracy  50.00 %   entropy 1.0000")]
    [InlineData(false, "step 50/200   loss 1.00000   accuracy  50.00 %")]
    public async Task Entropy_is_told_only_where_it_has_a_meaning(bool hasEntropy, string line)
    {
        var lines = new StringWriter();
        await Should.ThrowAsync<OperationCanceledException>(() => new PlainView(lines).Watch(report =>
        {
            report(Progress(50) with { Phase = RunPhase.Evaluating, HasEntropy = hasEntropy }, false);
            throw new OperationCanceledException();
        }));

        lines.ToString().Split('\n')[0].TrimEnd().ShouldBe(line);
    }

    private static RunProgress Progress(int steps) =>
        new(RunPhase.Training, [.. Enumerable.Range(0, steps).Select(step => new StepRecord(step, 1, 50, 1, 1, 0, 0, 0, 1))], 200, Ahead: 0);
}
