using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;

namespace MoeOrleans.Coordinator.Tests.Telemetry;

/// <summary>What the coordinator tells the live page of a run's steps.</summary>
public sealed class DispatchHistoryTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private RunAssignment _assignment = new("run", 1, ["a", "b"], ["a"]);

    [Fact]
    public void Totals_sum_up_dispatches_commits_and_phases_and_committed_samples_once()
    {
        var history = New();
        var timeline = Timeline(0);
        timeline.Begin(ref timeline.Commits[1]);
        timeline.End(ref timeline.Commits[1], milliseconds: 7);

        history.Add(StepReports.Of(timeline, [0, 5]), isFirst: true);
        history.Add(StepReports.Of(Timeline(0), [0, 5]), isFirst: false);
        history.Add(StepReports.Of(Timeline(1), [3, 0], isCommitted: false), isFirst: true);

        var status = history.Status(generation: 2, restarts: 1);
        status.Experts.ShouldBe([new ExpertTotals(0, 1, 2, 3, 4, 0, 0), new ExpertTotals(5, 2, 4, 6, 8, 1, 7)]);
        status.Totals.ShouldBe(new StepTotals(3, 3, 6, 9, 12, 15));
        (status.Step, status.Generation, status.Restarts, status.Silo).ShouldBe((1, 2, 1, "a"));
    }

    [Fact]
    public void Samples_are_counted_by_cluster_or_without_clusters_by_shard()
    {
        var history = New();
        history.Status(1, 0).Step.ShouldBe(-1);
        var one = StepReports.Of(Timeline(0), [1, 2]);
        history.Add(one with { Replies = [StepReports.Reply([1, 0]), StepReports.Reply([0, 2])] }, isFirst: true);

        var status = history.Status(1, 0);
        (status.Rows, string.Join(' ', status.Counts.Span.ToArray())).ShouldBe((CountedBy.Shard, "1 0 0 2"));
    }

    [Fact]
    public void The_calls_of_a_step_tell_which_silo_took_how_long()
    {
        var history = New();
        var timeline = Timeline(7);
        timeline.Begin(ref timeline.Routes[0]);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        timeline.End(ref timeline.Routes[0], 20);
        timeline.Begin(ref timeline.Commits[1]);
        _time.Advance(TimeSpan.FromMilliseconds(5));

        history.Keep(timeline, [StepReports.Reply([0, 5])], TraceReason.Slow);
        // Later nothing of it changes: neither the clock nor the silos of the run.
        _time.Advance(TimeSpan.FromMinutes(1));
        _assignment = new RunAssignment("run", 2, ["c", "c"], ["c"]);

        var trace = history.Status(1, 0).Traces.ShouldHaveSingleItem();
        (trace.Step, trace.Milliseconds, trace.Reason).ShouldBe((7, 25, TraceReason.Slow));
        trace.Calls.ShouldBe(
        [
            new TracedCall(StepCall.Route, 0, -1, "a", 0, 20),
            new TracedCall(StepCall.Dispatch, 0, 1, "b", 1, 10, Samples: 5),
            new TracedCall(StepCall.Compute, 0, 1, "b", 6, 4, Samples: 5),
            new TracedCall(StepCall.Commit, -1, 1, "b", 20, 5, IsAnswered: false),
        ]);
    }

    [Fact]
    public void Sampled_steps_do_not_push_out_slow_and_failed_ones()
    {
        var history = New();
        history.Keep(Timeline(1), [StepReports.Reply([1, 1])], TraceReason.Slow);
        _time.Advance(TimeSpan.FromSeconds(1));
        history.Keep(Timeline(2), new RouteReply?[1], TraceReason.Failed, "silo-2 is gone");
        for (var step = 3; step < 20; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            history.Keep(Timeline(step), [StepReports.Reply([1, 1])], TraceReason.Sampled);
        }

        var traces = history.Status(1, 0).Traces;
        traces.Select(trace => trace.Step).ShouldBe([1, 2, 16, 17, 18, 19]);
        (traces[1].Reason, traces[1].Error).ShouldBe((TraceReason.Failed, "silo-2 is gone"));
    }

    private DispatchHistory New() => new("a", experts: 2, () => _assignment);

    private StepTimeline Timeline(long step) => new(_time, step, shards: 1, experts: 2, span: null);
}
