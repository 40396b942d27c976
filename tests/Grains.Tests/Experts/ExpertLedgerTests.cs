using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Grains.Tests.Experts;

public sealed class ExpertLedgerTests
{
    private static readonly BlockRange s_left = new(0, 2);
    private static readonly BlockRange s_right = new(2, 2);

    private readonly ExpertLedger<string, int> _ledger = new();

    [Fact]
    public void A_ledger_nobody_restored_has_no_weights_for_any_step()
    {
        _ledger.Generation.ShouldBe(0);
        _ledger.Dispatch(0, s_left).Kind.ShouldBe(DispatchKind.Ahead);
        _ledger.Commit(1, 0, []).Kind.ShouldBe(CommitKind.NotRestored);
        _ledger.EntryCount.ShouldBe(0);
    }

    [Fact]
    public void A_duplicate_dispatch_waits_for_the_first_and_then_repeats_its_answer()
    {
        _ledger.Restore(1, 0);
        var first = _ledger.Dispatch(0, s_left);
        first.Kind.ShouldBe(DispatchKind.Compute);

        var second = _ledger.Dispatch(0, s_left);
        second.Kind.ShouldBe(DispatchKind.Pending);
        second.Ticket.ShouldBe(first.Ticket);

        _ledger.Complete(first.Ticket, "left", 3, 42).ShouldBeTrue();
        var third = _ledger.Dispatch(0, s_left);
        third.Kind.ShouldBe(DispatchKind.Done);
        third.Answer.ShouldBe(42);
        _ledger.EntryCount.ShouldBe(1);
    }

    [Fact]
    public void A_lost_state_refuses_everything_until_it_is_restored_and_old_results_stay_late()
    {
        _ledger.Restore(3, 7);
        var before = _ledger.Dispatch(7, s_left).Ticket;
        _ledger.Invalidate();
        _ledger.EntryCount.ShouldBe(0);
        _ledger.Dispatch(7, s_left).Kind.ShouldBe(DispatchKind.Ahead);
        _ledger.Commit(3, 7, []).Kind.ShouldBe(CommitKind.NotRestored);
        _ledger.Restore(4, 7).ShouldBe(RestoreDecision.Restored);
        var after = _ledger.Dispatch(7, s_left).Ticket;
        _ledger.Complete(before, "before", 3, 1).ShouldBeFalse();
        _ledger.Complete(after, "after", 3, 2).ShouldBeTrue();
    }

    [Fact]
    public void A_result_counts_once()
    {
        _ledger.Restore(1, 0);
        var ticket = _ledger.Dispatch(0, s_left).Ticket;
        _ledger.Complete(ticket, "left", 3, 42).ShouldBeTrue();
        _ledger.Complete(ticket, "again", 3, 42).ShouldBeFalse();
        _ledger.Abandon(ticket).ShouldBeFalse();
        _ledger.Commit(1, 0, [new(s_left, 3)]).Partials.ShouldBe(["left"]);
    }

    [Fact]
    public void Dispatches_of_other_steps_are_told_the_version()
    {
        _ledger.Restore(1, 5);
        _ledger.Dispatch(7, s_left).ShouldBe(new(DispatchKind.Ahead, 5, default, default));
        _ledger.Dispatch(4, s_left).ShouldBe(new(DispatchKind.Behind, 5, default, default));
        _ledger.EntryCount.ShouldBe(0);
    }

    [Fact]
    public void A_dispatch_of_the_next_step_waits_for_the_commit_or_for_a_restore()
    {
        _ledger.Restore(1, 5);
        _ledger.Dispatch(6, s_left).ShouldBe(new(DispatchKind.Early, 5, default, default));
        (_ledger.IsEarly(6), _ledger.IsEarly(5), _ledger.IsEarly(7), _ledger.Wants(6, s_left), _ledger.EntryCount).ShouldBe((true, false, false, false, 0));
        _ledger.Commit(1, 5, []).Kind.ShouldBe(CommitKind.Apply);
        _ledger.Wants(6, s_left).ShouldBeTrue();
        _ledger.Dispatch(6, s_left).Kind.ShouldBe(DispatchKind.Compute);

        _ledger.Restore(2, 3);
        _ledger.Dispatch(6, s_left).Kind.ShouldBe(DispatchKind.Ahead);
        _ledger.Invalidate();
        // One that has no weights will have none for its first step but one either.
        _ledger.Dispatch(1, s_left).Kind.ShouldBe(DispatchKind.Ahead);
    }

    [Fact]
    public void A_failed_computation_is_forgotten_and_its_late_result_too()
    {
        _ledger.Restore(1, 0);
        var failed = _ledger.Dispatch(0, s_left).Ticket;
        _ledger.Abandon(failed).ShouldBeTrue();
        _ledger.EntryCount.ShouldBe(0);

        var again = _ledger.Dispatch(0, s_left);
        again.Kind.ShouldBe(DispatchKind.Compute);
        _ledger.Complete(failed, "failed", 3, 1).ShouldBeFalse();
        _ledger.Abandon(failed).ShouldBeFalse();
        _ledger.Complete(again.Ticket, "again", 3, 2).ShouldBeTrue();
    }

    [Fact]
    public void A_commit_gets_the_partials_in_ascending_order_of_their_blocks()
    {
        _ledger.Restore(1, 0);
        Compute(0, s_right, 2);
        Compute(0, s_left, 3);

        var commit = _ledger.Commit(1, 0, [new(s_right, 2), new(s_left, 3)]);

        commit.Kind.ShouldBe(CommitKind.Apply);
        commit.Version.ShouldBe(1);
        commit.Partials.ShouldBe(["[0, 2)", "[2, 4)"]);
        _ledger.Version.ShouldBe(1);
        _ledger.EntryCount.ShouldBe(0);
    }

    [Fact]
    public void An_expert_without_samples_commits_too()
    {
        _ledger.Restore(1, 0);
        var commit = _ledger.Commit(1, 0, []);
        commit.Kind.ShouldBe(CommitKind.Apply);
        commit.Partials.ShouldBeEmpty();
        _ledger.Version.ShouldBe(1);
    }

    [Fact]
    public void A_commit_is_complete_or_nothing()
    {
        BlockRange pending = new(4, 1), mismatched = new(5, 1), absent = new(6, 1);
        _ledger.Restore(1, 0);
        Compute(0, s_left, 3);
        Compute(0, mismatched, 2);
        _ledger.Dispatch(0, pending);

        var commit = _ledger.Commit(1, 0, [new(s_left, 3), new(pending, 1), new(mismatched, 3), new(absent, 1)]);

        commit.Kind.ShouldBe(CommitKind.Incomplete);
        commit.Missing.ShouldBe([pending, mismatched, absent]);
        _ledger.Version.ShouldBe(0);
        _ledger.Dispatch(0, s_left).Kind.ShouldBe(DispatchKind.Done);
        _ledger.Dispatch(0, pending).Kind.ShouldBe(DispatchKind.Pending);
        _ledger.Dispatch(0, mismatched).Kind.ShouldBe(DispatchKind.Compute, "the wrong result would repeat itself for ever");
    }

    [Fact]
    public void Entries_that_the_coverage_does_not_name_are_ignored()
    {
        _ledger.Restore(1, 0);
        Compute(0, s_left, 3);
        Compute(0, new BlockRange(0, 4), 5);
        _ledger.Dispatch(0, new BlockRange(1, 1));

        _ledger.Commit(1, 0, [new(s_left, 3)]).Partials.ShouldBe(["[0, 2)"]);
        _ledger.EntryCount.ShouldBe(0);
    }

    [Fact]
    public void The_last_commit_is_acknowledged_again_and_others_are_told_the_version()
    {
        _ledger.Restore(1, 0);
        for (var step = 0; step < 3; step++)
            _ledger.Commit(1, step, []).Kind.ShouldBe(CommitKind.Apply);

        _ledger.Commit(1, 2, [new(s_left, 3)]).Kind.ShouldBe(CommitKind.AlreadyApplied);
        _ledger.Commit(1, 1, []).Kind.ShouldBe(CommitKind.Behind);
        _ledger.Commit(1, 4, []).Kind.ShouldBe(CommitKind.Ahead);
        _ledger.Version.ShouldBe(3);
    }

    [Fact]
    public void Only_the_generation_that_restored_the_expert_commits()
    {
        _ledger.Restore(2, 0);
        var stale = _ledger.Commit(1, 0, []);
        stale.Kind.ShouldBe(CommitKind.StaleGeneration);
        stale.Generation.ShouldBe(2);
        _ledger.Commit(3, 0, []).Kind.ShouldBe(CommitKind.NotRestored);
        _ledger.Version.ShouldBe(0);
        _ledger.Generation.ShouldBe(2);
        _ledger.Commit(2, 0, []).Kind.ShouldBe(CommitKind.Apply);
    }

    [Fact]
    public void A_stale_generation_is_not_acknowledged_for_the_step_it_committed_itself()
    {
        _ledger.Restore(1, 0);
        _ledger.Commit(1, 0, []);
        _ledger.Restore(2, 1);
        _ledger.Commit(1, 0, []).Kind.ShouldBe(CommitKind.StaleGeneration);
    }

    [Fact]
    public void A_restore_drops_what_was_computed_and_what_is_being_computed()
    {
        _ledger.Restore(1, 3);
        Compute(3, s_left, 3);
        var late = _ledger.Dispatch(3, s_right).Ticket;

        _ledger.Restore(2, 3).ShouldBe(RestoreDecision.Restored);

        _ledger.EntryCount.ShouldBe(0);
        var again = _ledger.Dispatch(3, s_right);
        again.Kind.ShouldBe(DispatchKind.Compute);
        _ledger.Complete(late, "late", 2, 1).ShouldBeFalse();
        _ledger.Complete(again.Ticket, "again", 2, 1).ShouldBeTrue();
    }

    [Fact]
    public void A_result_that_comes_after_its_step_was_committed_is_dropped()
    {
        _ledger.Restore(1, 0);
        var late = _ledger.Dispatch(0, s_left).Ticket;
        _ledger.Commit(1, 0, []);
        _ledger.Dispatch(1, s_left);
        _ledger.Complete(late, "late", 3, 1).ShouldBeFalse();
    }

    [Fact]
    public void A_copy_of_a_restore_never_rolls_back()
    {
        _ledger.Restore(2, 4).ShouldBe(RestoreDecision.Restored);
        _ledger.Commit(2, 4, []);
        Compute(5, s_left, 3);

        _ledger.Restore(2, 4).ShouldBe(RestoreDecision.AlreadyRestored);
        _ledger.Restore(2, 3).ShouldBe(RestoreDecision.Refused);
        _ledger.Restore(1, 4).ShouldBe(RestoreDecision.Refused);

        _ledger.Version.ShouldBe(5);
        _ledger.EntryCount.ShouldBe(1);
    }

    private static readonly RangeSamples[][] s_badCoverages =
    [
        [new(s_left, 3), new(s_left, 3)],
        [new(s_right, 1), new(new(1, 2), 1)],
        [new(s_left, 0)],
        [new(default, 1)],
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_coverage_names_disjoint_ranges_with_samples(int badCoverage)
    {
        _ledger.Restore(1, 0);
        Should.Throw<ArgumentException>(() => _ledger.Commit(1, 0, s_badCoverages[badCoverage]));
        _ledger.Version.ShouldBe(0);
    }

    [Fact]
    public void Ranges_are_ordered_by_their_start_and_share_blocks_or_not()
    {
        s_left.End.ShouldBe(2);
        s_left.Contains(1).ShouldBeTrue();
        s_left.Contains(2).ShouldBeFalse();
        s_left.Overlaps(s_right).ShouldBeFalse();
        s_left.Overlaps(new(1, 5)).ShouldBeTrue();
        (s_left < s_right).ShouldBeTrue();
        (new BlockRange(0, 1) < s_left).ShouldBeTrue();
        default(BlockRange).IsValid.ShouldBeFalse();
        new BlockRange(int.MaxValue, 1).IsValid.ShouldBeFalse();
    }

    private void Compute(long step, BlockRange range, int samples) =>
        _ledger.Complete(_ledger.Dispatch(step, range).Ticket, range.ToString(), samples, samples).ShouldBeTrue();
}
