using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Coordinator.Tests.Telemetry;

/// <summary>Which spans a run has, and how those of a slow or failed step are rebuilt.</summary>
public sealed class RunTracesTests : IDisposable
{
    private readonly string _runId = $"run-{Guid.NewGuid():N}";
    private readonly List<Activity> _spans = [];
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly ActivityListener _listener;

    public RunTracesTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RunTelemetryNames.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                // Other tests have spans, too.
                lock (_spans) _spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void A_traced_step_has_a_trace_of_its_own_with_a_link_to_the_run()
    {
        using var outer = new Activity("call").Start();
        using (var traces = new RunTraces(_runId, share: 1))
        {
            traces.BeginRun(experts: 2, shards: 1);
            using var part = traces.BeginPart("moe.restart");
            var (first, second) = (Timeline(0, traces.BeginStep(0)), Timeline(1, traces.BeginStep(1)));
            // Steps overlap, and the loop goes on below the call that started the run.
            Activity.Current.ShouldBe(outer);
            traces.End(StepReports.Of(first, [1, 2]));
            traces.End(StepReports.Of(second, [1, 2]));
        }

        var (run, restart, steps) = (One("moe.run"), One("moe.restart"), Own("moe.step"));
        run.ParentSpanId.ShouldBe(default);
        restart.ParentSpanId.ShouldBe(run.SpanId);
        steps.Length.ShouldBe(2);
        steps.Select(step => step.TraceId).Append(run.TraceId).Append(outer.TraceId).ShouldBeUnique();
        steps.ShouldAllBe(step => step.ParentSpanId == default && step.Links.Single().Context.SpanId == run.SpanId);
        steps[0].GetTagItem("moe.rebuilt").ShouldBeNull();
        steps[0].GetTagItem("moe.training.loss").ShouldBe(0.5);
    }

    [Fact]
    public void A_slow_step_is_rebuilt_from_the_times_of_its_calls()
    {
        using var traces = Normal();
        var timeline = Timeline(64, traces.BeginStep(64));
        var start = _time.GetUtcNow();
        timeline.Begin(ref timeline.Routes[0]);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        timeline.End(ref timeline.Routes[0], 20);
        timeline.Begin(ref timeline.Commits[1]);
        timeline.Begin(ref timeline.Commits[1]);
        _time.Advance(TimeSpan.FromSeconds(9));
        timeline.End(ref timeline.Commits[1], 1);
        traces.End(StepReports.Of(timeline, [0, 5]) with { Phases = new StepPhases(default, default, default, default, TimeSpan.FromSeconds(9)) });

        var step = One("moe.step");
        (At(step), step.Duration, step.GetTagItem("moe.rebuilt")).ShouldBe((0, TimeSpan.FromMilliseconds(9030), true));
        var (route, dispatch, compute, commit) = (Below("moe.route", step), default(Activity), default(Activity), Below("moe.expert.commit", step));
        (At(route), route.Duration.TotalMilliseconds).ShouldBe((0, 30));
        // Expert 0 got no samples, and expert 1 was dispatched to after 1 ms.
        dispatch = Below("moe.dispatch", route);
        (At(dispatch), dispatch.Duration.TotalMilliseconds, dispatch.GetTagItem("moe.expert"), dispatch.GetTagItem("moe.samples")).ShouldBe((1, 10, 1, 5));
        compute = Below("moe.expert.compute", dispatch);
        (At(compute), compute.Duration.TotalMilliseconds, compute.GetTagItem("moe.rebuilt")).ShouldBe((6, 4, true));
        (At(commit), commit.Duration.TotalMilliseconds, commit.GetTagItem("moe.attempts")).ShouldBe((30, 9000, 2));

        double At(Activity span) => (span.StartTimeUtc - start.UtcDateTime).TotalMilliseconds;
    }

    [Fact]
    public void A_failed_step_is_exported_with_the_call_that_was_not_answered()
    {
        using var traces = Normal();
        var timeline = Timeline(64, traces.BeginStep(64));
        timeline.Begin(ref timeline.Routes[0]);
        _time.Advance(TimeSpan.FromSeconds(2));

        traces.Fail(timeline, new RouteReply?[1], new InvalidOperationException("silo-2 is gone"));

        var step = One("moe.step");
        (step.Status, step.StatusDescription, step.GetTagItem("error.type")).ShouldBe((ActivityStatusCode.Error, "silo-2 is gone", "System.InvalidOperationException"));
        var route = Below("moe.route", step);
        (route.Status, route.Duration).ShouldBe((ActivityStatusCode.Error, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Other_steps_have_no_span()
    {
        using var traces = Normal();
        traces.BeginStep(64).ShouldBeNull();
        traces.End(StepReports.Of(Timeline(64, span: null), [1, 1]));

        Own("moe.step").ShouldBeEmpty();
    }

    /// <summary>A run that has done enough steps to tell slow ones, none of them traced.</summary>
    private RunTraces Normal()
    {
        var traces = new RunTraces(_runId, share: 0);
        for (var step = 0; step < SlowSteps.Window; step++) traces.End(StepReports.Of(Timeline(step, span: null), [1, 1]));
        return traces;
    }

    private StepTimeline Timeline(long step, Activity? span) => new(_time, step, shards: 1, experts: 2, span);

    private Activity One(string name) => Own(name).ShouldHaveSingleItem();

    private Activity[] Own(string name)
    {
        lock (_spans) return [.. _spans.Where(span => span.OperationName == name && (string?)span.GetTagItem("moe.run.id") == _runId)];
    }

    private Activity Below(string name, Activity parent)
    {
        lock (_spans) return _spans.Where(span => span.OperationName == name && span.ParentSpanId == parent.SpanId).ShouldHaveSingleItem();
    }
}
