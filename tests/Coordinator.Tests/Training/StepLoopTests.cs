using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>The step loop on experts in memory.</summary>
public sealed class StepLoopTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_committed_step_is_counted_once_although_a_restart_repeats_it()
    {
        var loop = new Loop(products: 0, "training.steps=3");
        await loop.Run();
        loop.Progress.Committed.ShouldBe(3);

        loop.Current.Value = loop.Progress.Restarted(loop.Spec, RouterGradientLayout.Of(loop.Spec, loop.Spec.Data.Dim), generation: 2);
        loop.Grains.OnCommit = step => loop.Progress.Committed.ShouldBe(3);
        await loop.Run();

        (loop.Progress.Step, loop.Progress.Committed).ShouldBe((3, 3));
        TrainingSnapshot.Of(new AssignmentSnapshot(new RunAssignment("run", 1, [], []), [], null), loop.Current).ToProgress(loop.Spec.Training).Value.Committed.ShouldBe(3);
    }

    [Fact]
    public async Task Every_step_is_committed_once_and_in_order_and_has_a_record()
    {
        var loop = new Loop();
        var end = await loop.Run();
        (end!.Reason, end.Last.Step, end.Version).ShouldBe((StopReason.Steps, 5, 6));
        loop.Commits.ShouldBe(["committed 0", "committed 1", "committed 2", "committed 3", "committed 4", "committed 5"]);
        loop.Progress.Records.Select(record => (record.Step, record.Loss)).ShouldBe([(0, 10), (1, 9), (2, 8), (3, 7), (4, 6), (5, 5)]);
        var last = loop.Progress.Records[^1];
        (last.Accuracy, last.ComputeMilliseconds, last.DispatchMilliseconds, last.CommitMilliseconds, last.StepMilliseconds).ShouldBe((1, 3, 2, 7, 7));
        (loop.Progress.Trained, loop.Current.Phase).ShouldBe((TimeSpan.FromMilliseconds(42), RunPhase.Training));
    }

    [Fact]
    public async Task Every_step_is_routed_with_the_weights_that_the_step_before_has_updated()
    {
        var loop = new Loop();
        await loop.Run();
        var thetas = Enumerable.Range(0, 6).Select(step => loop.Grains.Thetas[step].Span.ToArray()).ToArray();
        thetas[0].ShouldAllBe(value => value == 0);
        for (var step = 1; step < 6; step++) thetas[step].ShouldNotBe(thetas[step - 1]);
        loop.Progress.Theta.Span.ToArray().ShouldNotBe(thetas[5]);
    }

    [Fact]
    public async Task The_stop_rule_ends_the_run_without_an_update_at_its_step()
    {
        var loop = new Loop("training.stop.enabled=true", "training.stop.floor=0");
        loop.Grains.Loss = step => step < 3 ? 1 - (0.1 * step) : 2;
        var end = await loop.Run();
        (end!.Reason, end.IsByRule, end.Last.Step, end.Version).ShouldBe((StopReason.Rise, true, 3, 3));
        loop.Commits.ShouldBe(["committed 0", "committed 1", "committed 2"]);
        loop.Progress.Step.ShouldBe(4);
        loop.Progress.Theta.ShouldBeSameAs(loop.Grains.Thetas[3]);
    }

    [Fact]
    public async Task A_stop_that_was_requested_ends_the_run_after_the_update_of_the_step()
    {
        var loop = new Loop();
        loop.Grains.OnCommit = step => loop.Current.StopRequested = step >= 2;
        var end = await loop.Run();
        // The next step had begun by then.
        (end!.Reason, end.Last.Step, end.Version).ShouldBe((StopReason.Interrupted, 3, 4));
        loop.Commits[^1].ShouldBe("committed 3");
    }

    [Fact]
    public async Task Experts_keep_the_weights_of_the_smallest_loss()
    {
        var loop = new Loop("training.keepBest=true");
        loop.Grains.Loss = step => step == 3 ? 1 : 5 + step;
        await loop.Run();
        loop.Grains.Events.Where(what => what.EndsWith(" as best", StringComparison.Ordinal)).ShouldBe(["commit 0 as best", "commit 3 as best"]);
        (loop.Progress.Best!.Metrics.Step, loop.Progress.Best.Metrics.Loss).ShouldBe((3, 1));
        loop.Progress.Best.Theta.ShouldBeSameAs(loop.Grains.Thetas[3]);
    }

    [Fact]
    public async Task The_next_step_is_routed_while_this_one_is_committed()
    {
        var loop = new Loop();
        await loop.Run();
        for (var step = 0; step < 5; step++) loop.At($"begin {step + 1}").ShouldBeLessThan(loop.At($"committed {step}"));
    }

    [Fact]
    public async Task The_next_step_waits_for_the_commit_if_experts_have_to_stand_still()
    {
        var loop = new Loop("training.keepBest=true");
        loop.Grains.AreChanging = true;
        await loop.Run();
        for (var step = 0; step < 5; step++)
        {
            loop.At($"committed {step}").ShouldBeLessThan(loop.At($"move at {step + 1}, best {step}"));
            loop.At($"move at {step + 1}, best {step}").ShouldBeLessThan(loop.At($"begin {step + 1}"));
        }
    }

    [Fact]
    public async Task Products_are_recorded_at_their_steps_while_experts_stand_still()
    {
        var loop = new Loop(products: 4);
        await loop.Run();
        loop.Grains.Events.Where(what => what.StartsWith("read", StringComparison.Ordinal)).ShouldBe(["read 0", "read 4"]);
        loop.Progress.Products.Select(record => record.Step).ShouldBe([0, 4]);
        loop.At("committed 3").ShouldBeLessThan(loop.At("read 4"));
        loop.At("read 4").ShouldBeLessThan(loop.At("begin 4"));
        loop.At("begin 3").ShouldBeLessThan(loop.At("committed 2"));
    }

    [Theory]
    [InlineData(0, double.NaN, "The loss of step 0 is NaN, before any update")]
    [InlineData(3, double.PositiveInfinity, "The loss of step 3 is Infinity: training diverged")]
    public async Task A_loss_that_is_not_finite_ends_the_run_with_its_step(int at, double loss, string line)
    {
        var loop = new Loop();
        loop.Grains.Loss = step => step == at ? loss : 1;
        (await Should.ThrowAsync<DivergedException>(loop.Run())).Message.ShouldStartWith(line);
        (loop.Commits.Length, loop.Progress.Step).ShouldBe((at, at));
    }

    [Fact]
    public async Task A_paused_run_that_another_coordinator_resumes_makes_the_same_progress()
    {
        // A pause in the middle of an epoch, after a whole one.
        string[] assignments = ["training.keepBest=true", "training.router.momentum=0.9", "training.minibatch=300", "training.schedule=cosine", "training.evaluateEvery=2"];
        var whole = new Loop(assignments);
        await whole.Run();

        var first = new Loop(assignments);
        first.Grains.OnCommit = step => first.Current.PauseRequested = step >= 2;
        (await first.Run()).ShouldBeNull();
        // The next step had begun, and is done first.
        first.Progress.Step.ShouldBe(4);
        first.Commits.Length.ShouldBe(4);

        var snapshot = TrainingSnapshot.Of(new AssignmentSnapshot(new RunAssignment("run", 1, [], []), [], null), first.Current);
        var second = new Loop(assignments) { Current = snapshot.ToProgress(first.Spec.Training) };
        (await second.Run())!.Reason.ShouldBe(StopReason.Steps);
        second.Commits.ShouldBe(["committed 4", "committed 5"]);
        Facts(second.Progress).ShouldBe(Facts(whole.Progress));

        static string Facts(TrainingProgress progress) => string.Join(
            ' ',
            [Totals(progress.LastEpoch!), Totals(progress.Epoch), progress.Generation, progress.StopRule, progress.Best!.Metrics, progress.Restarts, progress.Trained, .. progress.Records, .. progress.Theta.Span.ToArray(), .. progress.RouterState.Span.ToArray()]);

        static string Totals(EpochTotals epoch) => $"{epoch.Steps} {epoch.Samples} {epoch.Loss:R} {epoch.Hits:R} {string.Join('/', epoch.Counts.Span.ToArray())}";
    }

    // 700 samples in minibatches of 300: steps of 300, 300 and 100 samples. The loss of step n is 10 - n, and 7 samples of each step are right.
    [Theory]
    [InlineData(2, 2, 9.5, 2 * 700.0 / 600, 600)]
    [InlineData(3, 3, ((10 * 300) + (9 * 300) + (8 * 100)) / 700.0, 3, 700)]
    [InlineData(5, 3, ((10 * 300) + (9 * 300) + (8 * 100)) / 700.0, 3, 700)]
    [InlineData(6, 3, ((7 * 300) + (6 * 300) + (5 * 100)) / 700.0, 3, 700)]
    public async Task With_minibatches_the_last_whole_epoch_is_what_counts(int steps, int measured, double loss, double accuracy, int samples)
    {
        var loop = new Loop($"training.steps={steps}", "training.minibatch=300");
        var last = LastPass.Of(loop.Spec, (await loop.Run())!, loop.Progress);
        (last.Steps, last.Counts[0, 0]).ShouldBe((measured, samples));
        last.Loss.ShouldBe(loss, 1e-12);
        last.Accuracy.ShouldBe(accuracy, 1e-12);
    }

    [Fact]
    public async Task With_full_batches_the_last_step_is_what_counts()
    {
        var loop = new Loop();
        var end = (await loop.Run())!;
        var last = LastPass.Of(loop.Spec, end, loop.Progress);
        (last.Steps, last.Loss, last.Accuracy, last.Counts).ShouldBe((1, end.Last.Loss, end.Last.Accuracy, end.Counts));
    }

    [Fact]
    public async Task A_restart_forgets_the_epochs_before_it()
    {
        var loop = new Loop("training.minibatch=300");
        await loop.Run();
        var restarted = loop.Progress.Restarted(loop.Spec, RouterGradientLayout.Of(loop.Spec, loop.Spec.Data.Dim), generation: 2);
        (restarted.LastEpoch, restarted.Epoch).ShouldBe((null, EpochTotals.None));
    }

    [Fact]
    public async Task Switchs_balance_loss_gets_the_counts_of_the_step_before_also_after_a_move_of_the_coordinator()
    {
        string[] assignments = ["routing.gate=softmax", "routing.loadBalance=0.1", "routing.balance=switch"];
        var whole = new Loop(assignments);
        await whole.Run();
        whole.Grains.Dispatched[0].ShouldBeNull();
        for (var step = 1; step < 4; step++) whole.Grains.Dispatched[step].ShouldNotBeNull().Sum().ShouldBe(whole.Spec.Data.Train);

        var snapshot = TrainingSnapshot.Of(new AssignmentSnapshot(new RunAssignment("run", 1, [], []), [], null), whole.Current);
        snapshot.ToProgress(whole.Spec.Training).Value.Dispatched!.Span.ToArray().ShouldBe(whole.Progress.Dispatched!.Span.ToArray());
        var plain = new Loop();
        await plain.Run();
        plain.Grains.Dispatched.Values.ShouldAllBe(counts => counts == null);
    }

    [Theory]
    [InlineData("0", 6, "0 700, 1 700, 2 700, 3 700, 4 700, 5 700")]
    [InlineData("300", 8, "2 700, 5 700")]
    [InlineData("0", 401, "2 700, 5 700, 8 700")]
    public async Task The_load_of_an_epoch_is_recorded_with_its_last_step(string minibatch, int steps, string loads)
    {
        var loop = new Loop($"training.minibatch={minibatch}", $"training.steps={steps}");
        await loop.Run();
        string.Join(", ", loop.Progress.Loads.Take(steps == 401 ? 3 : 100).Select(load => $"{load.Step} {load.Samples[0]}")).ShouldBe(loads);
        loop.Progress.Loads.Count.ShouldBeLessThanOrEqualTo(RunEpochs.MostLoads);

        var snapshot = TrainingSnapshot.Of(new AssignmentSnapshot(new RunAssignment("run", 1, [], []), [], null), loop.Current);
        snapshot.ToProgress(loop.Spec.Training).Value.Loads.ShouldBe(loop.Progress.Loads);
    }

    [Fact]
    public async Task A_run_pauses_before_its_next_step_if_none_has_begun()
    {
        var loop = new Loop();
        loop.Current.PauseRequested = true;
        (await loop.Run()).ShouldBeNull();
        loop.Grains.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_commit_that_fails_leaves_the_progress_as_it_was_and_abandons_the_step_that_has_begun()
    {
        var loop = new Loop();
        loop.Grains.Fail = what => what == "commit 2" ? new RecoverableException("an expert was lost") : null;
        await Should.ThrowAsync<RecoverableException>(loop.Run());
        (loop.Progress.Step, loop.Progress.Theta).ShouldBe((2, loop.Grains.Thetas[2]));
        loop.Grains.Events[^1].ShouldBe("abandon 3");
    }

    [Fact]
    public async Task A_run_that_is_not_wanted_any_more_begins_no_step()
    {
        var loop = new Loop();
        using var aborted = new CancellationTokenSource();
        loop.Grains.AreChanging = true;
        loop.Grains.OnCommit = step => aborted.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(loop.RunUntil(aborted.Token));
        loop.Commits.ShouldBe(["committed 0"]);
    }
}
