using System.Collections.Concurrent;
using System.Diagnostics;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Hosting.Tests.Telemetry;

/// <summary>The spans of a run on a real silo.</summary>
public sealed class StepTraceTests : IClassFixture<SiloFixture>, IDisposable
{
    private const int Steps = 4;
    private const int Shards = 3;
    private const int Experts = 8;

    private readonly SiloFixture _silo;
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public StepTraceTests(SiloFixture silo)
    {
        _silo = silo;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("MoeOrleans.", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_traced_step_shows_every_call_below_the_one_that_made_it()
    {
        var spec = Specifications.Small($"training.steps={Steps}", "training.stop.enabled=false");
        var (_, _, runId) = await _silo.Train(spec, Shards, tracedShare: 0.5);

        var run = Named("moe.run").Single(span => (string?)span.GetTagItem("moe.run.id") == runId);
        Children(run).Select(span => span.OperationName).ShouldBe(["moe.evaluation"]);
        var steps = Named("moe.step").Where(span => (string?)span.GetTagItem("moe.run.id") == runId).ToArray();
        steps.Select(step => step.GetTagItem("moe.step")).ShouldBe([0L, 2L]);
        foreach (var step in steps)
        {
            var trace = _spans.Where(span => span.TraceId == step.TraceId).ToArray();
            var routes = Children(step, "moe.route");
            var commits = Children(step, "moe.expert.commit");
            var dispatches = routes.SelectMany(route => Children(route, "moe.dispatch")).ToArray();
            var computations = dispatches.Select(dispatch => Children(dispatch, "moe.expert.compute").ShouldHaveSingleItem()).ToArray();
            routes.Select(route => route.GetTagItem("moe.shard")).ShouldBe([0, 1, 2], ignoreOrder: true);
            commits.Select(commit => commit.GetTagItem("moe.expert")).ShouldBe(Enumerable.Range(0, spec.Model.Experts).Cast<object>(), ignoreOrder: true);
            commits.ShouldAllBe(commit => (string?)commit.GetTagItem("moe.decision") == "Apply");
            // Nothing else is in the trace.
            trace.Length.ShouldBe(1 + routes.Length + commits.Length + dispatches.Length + computations.Length);
            dispatches.Sum(dispatch => (int)dispatch.GetTagItem("moe.samples")!).ShouldBe(spec.Data.Train);
            commits.Sum(commit => (int)commit.GetTagItem("moe.samples")!).ShouldBe(spec.Data.Train);
            dispatches.ShouldAllBe(dispatch => (string?)dispatch.GetTagItem("moe.dispatch.mode") == "local");
            trace.ShouldAllBe(span => (long)span.GetTagItem("moe.step")! == (long)step.GetTagItem("moe.step")! && span.Kind == ActivityKind.Internal);
        }
    }

    [Fact]
    public async Task A_step_that_fails_is_exported_although_it_was_not_chosen_and_so_is_the_restart()
    {
        var failures = 0;
        // One more than the attempts at a call: the run restarts.
        _silo.Fail = (call, argument) => call == "IExpertGrain.Dispatch" && argument is DispatchRequest { Step: 2 } && Interlocked.Increment(ref failures) <= 5 * Experts;
        var (summary, _, runId) = await _silo.Train(Specifications.Small($"training.steps={Steps}", "training.stop.enabled=false"), shards: 1);
        _silo.Fail = (_, _) => false;

        summary.Recoveries.ShouldBe(1);
        var step = Named("moe.step").Where(span => (string?)span.GetTagItem("moe.run.id") == runId).ShouldHaveSingleItem();
        (step.GetTagItem("moe.step"), step.Status, step.GetTagItem("moe.rebuilt")).ShouldBe((2L, ActivityStatusCode.Error, true));
        var route = Children(step, "moe.route").ShouldHaveSingleItem();
        (route.GetTagItem("moe.attempts"), route.Status).ShouldBe((5, ActivityStatusCode.Error));
        var run = Named("moe.run").Single(span => (string?)span.GetTagItem("moe.run.id") == runId);
        Children(run).Select(span => span.OperationName).ShouldBe(["moe.restart", "moe.evaluation"]);
    }

    private Activity[] Named(string name) => [.. _spans.Where(span => span.OperationName == name)];

    private Activity[] Children(Activity parent, string? name = null) =>
        [.. _spans.Where(span => span.ParentSpanId == parent.SpanId && (name is null || span.OperationName == name))];
}
