using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>Weights are evaluated between two steps, and what follows from it.</summary>
public sealed class PeriodicEvaluationTests
{
    [Fact]
    public async Task Weights_are_evaluated_after_each_epoch_while_no_step_is_under_way()
    {
        var loop = new Loop("training.minibatch=350", "training.steps=5", "data.validation=100", "training.evaluateEvery=1");
        (await loop.Run())!.Reason.ShouldBe(StopReason.Steps);
        loop.Grains.Events.Where(what => what.Contains("Evaluate", StringComparison.Ordinal)).ShouldBe(
        [
            "EvaluateWithoutNoise 2", "validation: EvaluateWithoutNoise 2", "EvaluateWithoutNoise 4", "validation: EvaluateWithoutNoise 4", "EvaluateWithoutNoise 5", "validation: EvaluateWithoutNoise 5",
        ]);
        loop.At("committed 1").ShouldBeLessThan(loop.At("EvaluateWithoutNoise 2"));
        loop.At("validation: EvaluateWithoutNoise 2").ShouldBeLessThan(loop.At("begin 2"));
        // Within an epoch the next step is routed while this one is committed.
        loop.At("begin 3").ShouldBeLessThan(loop.At("committed 2"));
        loop.Progress.Records.Select(record => record.Evaluation).ShouldBe([null, Evaluation(2), null, Evaluation(4), Evaluation(5)]);
        loop.Progress.Records[0].GradientNorm.ShouldNotBeNull().ShouldBeGreaterThan(2);

        static EvaluationRecord Evaluation(int version) => new(20 - version, 33, 20 - version, 100.0 / 3);
    }

    [Fact]
    public async Task The_weights_of_the_smallest_validation_loss_are_kept_with_the_commit_that_follows()
    {
        var loop = new Loop("training.keepBest=true", "training.keepBestBy=validation", "data.validation=100", "training.evaluateEvery=1");
        loop.Grains.EvaluationLoss = version => version switch { 1 => 5, 2 => double.NaN, 3 => 2, _ => 7 };
        loop.Grains.AreChanging = true;
        await loop.Run();
        loop.Grains.Events.Where(what => what.EndsWith(" as best", StringComparison.Ordinal)).ShouldBe(["commit 1 as best", "commit 3 as best"]);
        // Experts that move before that commit hold no weights of that version yet.
        loop.Grains.Events.Where(what => what.StartsWith("move", StringComparison.Ordinal)).ShouldBe(
            ["move at 0, best ", "move at 1, best ", "move at 2, best 1", "move at 3, best ", "move at 4, best 3", "move at 5, best 3"]);
        (loop.Progress.Best!.Version, loop.Progress.Best.Metrics.Step, loop.Progress.Best.Evaluation!.ValidationLoss).ShouldBe((3, 2, 2));
        loop.Progress.Best.Theta.ShouldBeSameAs(loop.Grains.Thetas[3]);

        var snapshot = TrainingSnapshot.Of(new AssignmentSnapshot(new RunAssignment("run", 1, [], []), [], null), loop.Current);
        var restored = snapshot.ToProgress(loop.Spec.Training).Value;
        (restored.Best!.Version, restored.Best.Metrics, restored.Best.Evaluation, restored.EarlyStop).ShouldBe((3, loop.Progress.Best.Metrics, loop.Progress.Best.Evaluation, loop.Progress.EarlyStop));
    }

    [Fact]
    public async Task Training_ends_when_the_validation_loss_no_longer_falls()
    {
        var loop = new Loop("training.earlyStop=2", "data.validation=100", "training.evaluateEvery=1");
        loop.Grains.EvaluationLoss = version => version == 2 ? 1 : 3;
        var end = await loop.Run();
        (end!.Reason, end.Last.Step, end.Version).ShouldBe((StopReason.Validation, 3, 4));
        loop.Commits[^1].ShouldBe("committed 3");
    }

    [Fact]
    public async Task An_evaluation_that_fails_restarts_the_run_and_leaves_the_progress_as_it_was()
    {
        var loop = new Loop("training.evaluateEvery=2");
        loop.Grains.Fail = what => what == "EvaluateWithoutNoise 4" ? new IOException("a failed call") : null;
        (await Should.ThrowAsync<RecoverableException>(loop.Run())).Message.ShouldBe(
            "The weights after 4 steps could not be evaluated: The evaluation of the weights after 4 steps failed at shard 0: a failed call");
        (loop.Progress.Step, loop.Progress.Theta).ShouldBe((3, loop.Grains.Thetas[3]));
        loop.Grains.Events.ShouldNotContain("begin 4");
    }
}
