using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Page.Feed;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>What the page says has happened.</summary>
public sealed class NoticesTests
{
    private readonly Notices _notices = new(new FakeTimeProvider());

    [Fact]
    public void Silos_that_join_drain_leave_or_are_lost()
    {
        _notices.Compare([Silo("a"), Silo("b"), Silo("c", isDraining: true), Silo("d")], [Silo("a", isDraining: true), Silo("d", process: 9), Silo("e")]);

        Texts.ShouldBe(["a is about to leave: its experts and routers move", "d is another process now", "e has joined", "b was lost", "c has left"]);
    }

    [Fact]
    public void Grains_that_move_are_told_by_where_they_moved()
    {
        _notices.Compare(Dispatch(["a", "a", "b"], ["a", "b"], "a"), Dispatch(["b", "b", "b"], ["a", "a"], "b"));

        Texts.ShouldBe(["The coordinator has moved from a to b", "Experts 0, 1 have moved from a to b", "Router 1 has moved from b to a"]);
    }

    [Fact]
    public void A_restart_says_how_far_the_run_was()
    {
        _notices.Compare(Dispatch(["a"], ["a"], "a", step: 41), Dispatch(["a"], ["a"], "a", restarts: 1));

        _notices.Compare(Dispatch(["a"], ["a"], "a", step: -1), Dispatch(["a"], ["a"], "a", step: -1, restarts: 2));

        Texts.ShouldBe(["The run has gone back to step 0 (restart 1); it had done step 41", "The run has gone back to step 0 (restart 2)"]);
    }

    [Fact]
    public void The_phases_of_a_run_are_told_once()
    {
        var training = new RunMessage("r", "training", Step: 3);
        _notices.Compare(null, training);
        _notices.Compare(training, training with { Step = 4 });
        _notices.Compare(training, new RunMessage("r", "failed", Error: "a loss is not finite"));

        Texts.ShouldBe(["Run r trains, at step 3", "Run r failed: a loss is not finite"]);
    }

    [Fact]
    public void The_oldest_give_way_to_new_ones()
    {
        for (var i = 0; i < 60; i++) _notices.Compare([], [Silo($"s{i}")]);

        (_notices.Message.Notices.Count, Texts[^1]).ShouldBe((Notices.Kept, "s59 has joined"));
    }

    private string[] Texts => [.. _notices.Message.Notices.Select(notice => notice.Text)];

    private static SiloDescription Silo(string name, bool isDraining = false, int process = 1) => new(name, "0.1.0", 1, 1, "127.0.0.1:1", process, 1, 0, 0, isDraining, []);

    private static DispatchStatus Dispatch(string[] experts, string[] routers, string silo, long step = 0, int restarts = 0) => new(
        step, CountedBy.Cluster, WireTensor<int>.None, [], default, [], silo, new RunAssignment("r", 1, [.. experts], [.. routers]), 1, restarts);
}
