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

    private static RunProgress Progress(int steps) =>
        new(RunPhase.Training, [.. Enumerable.Range(0, steps).Select(step => new StepRecord(step, 1, 50, 1, 1, 0, 0, 0, 1))], 200, Ahead: 0);
}
