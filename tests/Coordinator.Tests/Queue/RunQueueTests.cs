using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Queue;

/// <summary>One run is active, the others wait in the order they came.</summary>
public sealed class RunQueueTests
{
    [Fact]
    public void Runs_begin_one_at_a_time_in_the_order_they_came()
    {
        var queue = Of("a", "b", "c");
        queue.ActivateNext()!.RunId.ShouldBe("a");
        queue.ActivateNext().ShouldBeNull();
        queue.Entries.Select(run => (run.RunId, run.State, run.Ahead)).ShouldBe([("a", QueueEntryState.Active, 0), ("b", QueueEntryState.Queued, 1), ("c", QueueEntryState.Queued, 2)]);
        End(queue, "a");
        queue.ActivateNext()!.RunId.ShouldBe("b");
        queue.Entry("c")!.Ahead.ShouldBe(1);
    }

    [Fact]
    public void An_empty_queue_has_nothing_to_start_and_knows_no_run()
    {
        var queue = Of();
        queue.ActivateNext().ShouldBeNull();
        queue.Active.ShouldBeNull();
        queue.Entry("a").ShouldBeNull();
    }

    [Fact]
    public void A_run_that_is_submitted_twice_is_there_once()
    {
        var queue = Of("a", "b");
        queue.ActivateNext();
        queue.Add(Run("a"));
        queue.Entries.Select(run => (run.RunId, run.State)).ShouldBe([("a", QueueEntryState.Active), ("b", QueueEntryState.Queued)]);
    }

    [Fact]
    public void A_withdrawn_run_is_passed_over_and_one_that_has_begun_is_not_withdrawn()
    {
        var queue = Of("a", "b", "c");
        queue.ActivateNext();
        queue.Withdraw("a");
        queue.Withdraw("b");
        queue.Withdraw("unknown");
        queue.Entries.Select(run => run.State).ShouldBe([QueueEntryState.Active, QueueEntryState.Withdrawn, QueueEntryState.Queued]);
        queue.Entry("c")!.Ahead.ShouldBe(1);
        End(queue, "a");
        queue.ActivateNext()!.RunId.ShouldBe("c");
    }

    [Fact]
    public void What_is_noted_of_a_run_that_is_not_active_any_more_comes_too_late()
    {
        var queue = Of("a", "b");
        queue.ActivateNext();
        queue.Update("a", run => run with { StepsDone = 7 });
        queue.Update("b", run => run with { StepsDone = 5 });
        queue.Entries.Select(run => run.StepsDone).ShouldBe([7, 0]);
        End(queue, "a");
        queue.Update("a", run => run with { State = QueueEntryState.Failed, Error = "late" });
        queue.Entry("a")!.State.ShouldBe(QueueEntryState.Done);
    }

    [Fact]
    public void The_oldest_ended_runs_are_forgotten_and_never_one_that_waits()
    {
        var queue = Of("waits");
        queue.Withdraw("waits");
        for (var i = 0; i < RunQueue.EndedLimit + 1; i++)
        {
            queue.Add(Run($"{i}"));
            queue.ActivateNext();
            End(queue, $"{i}");
        }

        queue.Add(Run("last"));
        queue.Prune().Select(run => run.RunId).ShouldBe(["waits", "0"]);
        queue.Runs.Count.ShouldBe(RunQueue.EndedLimit + 1);
        queue.Entry("last")!.State.ShouldBe(QueueEntryState.Queued);
        queue.Prune().ShouldBeEmpty();
    }

    [Fact]
    public void A_run_that_is_removed_leaves_room_for_the_next()
    {
        var queue = Of("a", "b");
        queue.ActivateNext();
        queue.Remove("a");
        queue.ActivateNext()!.RunId.ShouldBe("b");
        queue.Entry("a").ShouldBeNull();
    }

    [Fact]
    public void A_run_whose_start_was_not_answered_waits_and_has_to_be_cancelled_if_it_is_withdrawn()
    {
        var queue = Of("a", "b");
        queue.ActivateNext();
        queue.StartUnanswered("a");
        queue.Entry("a")!.State.ShouldBe(QueueEntryState.Queued);
        queue.ToCancel.ShouldBeEmpty();
        queue.ActivateNext()!.RunId.ShouldBe("a");
        queue.StartUnanswered("a");
        queue.Withdraw("a");
        queue.Withdraw("b");
        queue.ToCancel.ShouldHaveSingleItem().RunId.ShouldBe("a");
        queue.Cancelled("a");
        queue.ToCancel.ShouldBeEmpty();
        queue.Entry("a")!.State.ShouldBe(QueueEntryState.Withdrawn);
    }

    [Fact]
    public void A_run_whose_start_was_answered_after_all_is_withdrawn_no_more()
    {
        var queue = Of("a");
        queue.ActivateNext();
        queue.StartUnanswered("a");
        queue.ActivateNext();
        queue.Started("a");
        queue.Withdraw("a");
        queue.ToCancel.ShouldBeEmpty();
        queue.Active!.RunId.ShouldBe("a");
    }

    [Theory]
    [InlineData(RunPhase.Done, QueueEntryState.Done, null)]
    [InlineData(RunPhase.Failed, QueueEntryState.Failed, "why")]
    [InlineData(RunPhase.Unknown, QueueEntryState.Failed, "the run was lost with the silo of its coordinator")]
    [InlineData(RunPhase.Training, QueueEntryState.Active, null)]
    [InlineData(RunPhase.Stopped, QueueEntryState.Withdrawn, "why")]
    public void What_a_coordinator_says_of_its_run(RunPhase phase, QueueEntryState expected, string? error)
    {
        var run = (Run("a") with { State = QueueEntryState.Active }).With(Status(phase));
        run.State.ShouldBe(expected);
        run.Error.ShouldBe(error);
        run.StepsDone.ShouldBe(phase is RunPhase.Unknown or RunPhase.Stopped ? 0 : 3);
    }

    private static RunStatus Status(RunPhase phase) => new(phase, 3, [], Summary: null, phase is RunPhase.Failed or RunPhase.Stopped ? "why" : null);

    private static RunQueue Of(params string[] runIds) => new(runIds.Select(Run));

    private static SubmittedRun Run(string runId) =>
        new(new RunRequest(new RunContext(runId, "{}"), new Deployment(1, 1, 1, DispatchMode.Reference)), 10, DateTimeOffset.UnixEpoch);

    private static void End(RunQueue queue, string runId) => queue.Update(runId, run => run with { State = QueueEntryState.Done });
}
