using MoeOrleans.Compute.Reduction;
using MoeOrleans.Coordinator.Steps;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.Steps;

public sealed class StepProtocolTests
{
    private static readonly BlockRange s_first = new(0, 2);
    private static readonly BlockRange s_second = new(2, 3);

    private readonly StepProtocol _step = new(7, 3, experts: 2, [s_first, s_second], attemptLimit: 2);

    [Fact]
    public void Every_shard_is_routed_then_folded_then_every_expert_commits_what_it_was_sent()
    {
        var routes = _step.Start().Commands;
        routes.Select(c => (c.Kind, c.Shard, c.Range, c.Only, c.Attempt)).ShouldBe(
            [(StepCommandKind.Route, 0, s_first, null, 1), (StepCommandKind.Route, 1, s_second, null, 1)]);

        _step.RouteReplied(routes[1], [0, 6]).Commands.ShouldBeEmpty();
        _step.RouteReplied(routes[1], [6, 0]).Accepted.ShouldBeFalse();
        _step.RouteReplied(routes[0], [1, 3]).Commands.ShouldHaveSingleItem().Kind.ShouldBe(StepCommandKind.Fold);

        var commits = _step.Commit().Commands;
        commits[0].Coverage.ShouldBe([new(s_first, 1)]);
        commits[1].Coverage.ShouldBe([new(s_first, 3), new(s_second, 6)]);

        _step.CommitReplied(commits[1], CommitKind.Apply, []).Commands.ShouldBeEmpty();
        _step.CommitReplied(commits[1], CommitKind.AlreadyApplied, []).Accepted.ShouldBeFalse();
        _step.CommitReplied(commits[0], CommitKind.AlreadyApplied, []).Commands.ShouldHaveSingleItem().Kind.ShouldBe(StepCommandKind.StepCommitted);
        _step.Phase.ShouldBe(StepPhase.Committed);
    }

    [Fact]
    public void Missing_ranges_are_routed_again_for_that_expert_alone_and_then_committed_once()
    {
        var commits = Routed([2, 3], [4, 5]);
        var again = _step.CommitReplied(commits[1], CommitKind.Incomplete, [s_first, s_second]).Commands;
        again.Select(c => (c.Kind, c.Shard, c.Only)).ShouldBe([(StepCommandKind.Route, 0, 1), (StepCommandKind.Route, 1, 1)]);

        _step.CommitReplied(commits[1], CommitKind.Incomplete, [s_first]).Accepted.ShouldBeFalse();
        _step.CommitFailed(commits[1]).Accepted.ShouldBeFalse();
        _step.RouteReplied(again[1], [4, 5]).Commands.ShouldBeEmpty();
        var commit = _step.RouteReplied(again[0], [2, 3]).Commands.ShouldHaveSingleItem();
        (commit.Kind, commit.Expert, commit.Attempt).ShouldBe((StepCommandKind.Commit, 1, 2));
    }

    [Fact]
    public void A_repeated_route_with_other_samples_is_a_contradiction()
    {
        var commits = Routed([2, 3], [4, 5]);
        var again = _step.CommitReplied(commits[1], CommitKind.Incomplete, [s_first]).Commands.ShouldHaveSingleItem();
        _step.RouteReplied(again, [2, 2]).Commands.ShouldHaveSingleItem().Reason.ShouldBe(RecoverReason.Contradiction);
    }

    [Theory]
    [InlineData(CommitKind.Ahead, StepCommandKind.Recover, RecoverReason.LostCommits)]
    [InlineData(CommitKind.NotRestored, StepCommandKind.Recover, RecoverReason.NotRestored)]
    [InlineData(CommitKind.Behind, StepCommandKind.Deposed, RecoverReason.None)]
    [InlineData(CommitKind.StaleGeneration, StepCommandKind.Deposed, RecoverReason.None)]
    public void A_commit_an_expert_refuses_ends_the_step(Enum kind, Enum then, Enum reason)
    {
        var commits = Routed([2, 3], [4, 5]);
        var command = _step.CommitReplied(commits[1], (CommitKind)kind, []).Commands.ShouldHaveSingleItem();
        (command.Kind, command.Reason, command.Cause).ShouldBe(((StepCommandKind)then, (RecoverReason)reason, 1));
        _step.Phase.ShouldBe(StepPhase.Failed);
        _step.CommitReplied(commits[0], CommitKind.Apply, []).Accepted.ShouldBeFalse();
    }

    [Fact]
    public void A_failure_is_tried_again_until_the_limit_and_a_late_reply_counts()
    {
        var first = _step.Start().Commands[0];
        var second = _step.RouteFailed(first).Commands.ShouldHaveSingleItem();
        second.Attempt.ShouldBe(2);
        _step.RouteFailed(first).Accepted.ShouldBeFalse("it is not the latest attempt");
        _step.RouteReplied(first, [2, 3]).Accepted.ShouldBeTrue();
        _step.RouteFailed(second).Accepted.ShouldBeFalse("the shard has replied");
    }

    [Fact]
    public void The_last_attempt_that_fails_is_a_recovery()
    {
        var commit = Routed([2, 3], [4, 5])[0];
        var again = _step.CommitFailed(commit).Commands.ShouldHaveSingleItem();
        _step.CommitFailed(again).Commands.ShouldHaveSingleItem().Reason.ShouldBe(RecoverReason.AttemptsExhausted);
    }

    [Fact]
    public void An_attempt_that_was_given_up_while_its_silos_were_at_work_does_not_count()
    {
        var route = _step.Start().Commands[0];
        for (var i = 0; i < 20; i++) route = _step.RouteFailed(route, isAtWork: true).Commands.ShouldHaveSingleItem();
        (route.Kind, route.Shard, route.Attempt).ShouldBe((StepCommandKind.Route, 0, 21));
        // As many others as without those may fail.
        route = _step.RouteFailed(route).Commands.ShouldHaveSingleItem();
        route = _step.RouteFailed(route, isAtWork: true).Commands.ShouldHaveSingleItem();
        _step.RouteFailed(route).Commands.ShouldHaveSingleItem().Reason.ShouldBe(RecoverReason.AttemptsExhausted);
    }

    [Fact]
    public void Commits_and_routes_for_one_expert_that_take_long_do_not_count_either()
    {
        var commit = Routed([2, 3], [4, 5])[1];
        for (var i = 0; i < 5; i++) commit = _step.CommitFailed(commit, isAtWork: true).Commands.ShouldHaveSingleItem();
        var again = _step.CommitReplied(commit, CommitKind.Incomplete, [s_first]).Commands.ShouldHaveSingleItem();
        for (var i = 0; i < 5; i++) again = _step.RouteFailed(again, isAtWork: true).Commands.ShouldHaveSingleItem();
        (again.Only, again.Attempt).ShouldBe((1, 6));
        _step.RouteReplied(again, [2, 3]).Commands.ShouldHaveSingleItem().Kind.ShouldBe(StepCommandKind.Commit);
    }

    [Fact]
    public void A_refused_dispatch_tells_early_that_an_expert_lost_its_state_or_the_run_was_taken()
    {
        var route = _step.Start().Commands[0];
        _step.DispatchRefused(route, 1, DispatchKind.Ahead).Commands.ShouldHaveSingleItem().Reason.ShouldBe(RecoverReason.LostCommits);

        var other = new StepProtocol(7, 3, 2, [s_first]);
        other.DispatchRefused(other.Start().Commands[0], 1, DispatchKind.Behind).Commands.ShouldHaveSingleItem().Kind.ShouldBe(StepCommandKind.Deposed);
    }

    [Fact]
    public void Replies_of_another_step_or_generation_are_ignored()
    {
        var route = _step.Start().Commands[0];
        _step.RouteReplied(route with { Step = 6 }, [2, 3]).Accepted.ShouldBeFalse();
        _step.RouteReplied(route with { Generation = 2 }, [2, 3]).Accepted.ShouldBeFalse();
        _step.RouteReplied(route, [2, 3]).Accepted.ShouldBeTrue();
    }

    [Fact]
    public void Shards_hold_every_block_once()
    {
        Should.Throw<ArgumentException>(() => new StepProtocol(0, 1, 1, [s_second]));
        Should.Throw<ArgumentException>(() => new StepProtocol(0, 1, 1, [s_first, new(3, 1)]));
        Should.Throw<ArgumentException>(() => new StepProtocol(0, 1, 1, [s_first, new(1, 2)]));
        Should.Throw<ArgumentException>(() => new StepProtocol(0, 1, 1, []));
    }

    private StepCommand[] Routed(int[] first, int[] second)
    {
        var routes = _step.Start().Commands;
        _step.RouteReplied(routes[0], first);
        _step.RouteReplied(routes[1], second);
        return [.. _step.Commit().Commands];
    }
}
