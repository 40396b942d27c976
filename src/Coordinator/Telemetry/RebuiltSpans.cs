using System.Diagnostics;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Telemetry;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>
/// The spans of a step that was not traced, made afterwards from the times of its calls and replies. They are the coordinator's: by its
/// clock, from its process, with <c>moe.rebuilt</c>. What a call spent on the network is part of it.
/// </summary>
internal static class RebuiltSpans
{
    /// <summary>Adds the routes, dispatches, computations and commits below a step.</summary>
    /// <param name="step">The span of the step.</param>
    /// <param name="timeline">When its calls were made.</param>
    /// <param name="replies">Replies of the routers; null where there is none.</param>
    /// <param name="unanswered">Why calls without an answer have none; null if all were answered.</param>
    public static void Add(Activity step, StepTimeline timeline, IReadOnlyList<RouteReply?> replies, Exception? unanswered)
    {
        step.SetTag(RunTelemetryNames.Rebuilt, true);
        var (route, dispatch) = (step, step);
        foreach (var call in TracedCalls.Of(timeline, [.. replies.Select(reply => reply?.Dispatches ?? default)], timeline.Now, assignment: null))
        {
            var parent = call.Kind switch { StepCall.Dispatch => route, StepCall.Compute => dispatch, _ => step };
            using var span = Begin(parent, timeline, call);
            if (span is null) continue;
            if (call.Kind == StepCall.Route) route = span;
            if (call.Kind == StepCall.Dispatch) dispatch = span;
            if (call.Kind == StepCall.Compute) AddWaits(span, replies[call.Shard]!.Dispatches[call.Expert].Expert);
            if (!call.IsAnswered && unanswered is not null) span.Fail(unanswered);
        }
    }

    private static void AddWaits(Activity compute, DispatchTiming times) =>
        compute.SetTag(GrainTelemetry.CommitWait, times.CommitWait / 1000).SetTag(GrainTelemetry.Queue, times.Queue / 1000);

    private static Activity? Begin(Activity parent, StepTimeline timeline, in TracedCall call)
    {
        var start = timeline.Start.AddMilliseconds(call.Start);
        var span = RunTelemetryNames.Begin(Name(call.Kind), parent.Context, start: start);
        if (span is null) return null;
        span.SetEndTime(start.AddMilliseconds(call.Duration).UtcDateTime).SetTag(GrainTelemetry.Step, timeline.Step).SetTag(RunTelemetryNames.Rebuilt, true);
        if (call.Kind == StepCall.Route) span.SetTag(GrainTelemetry.Shard, call.Shard);
        else span.SetTag(GrainTelemetry.Expert, call.Expert);
        if (call.Kind is StepCall.Dispatch or StepCall.Compute) span.SetTag(GrainTelemetry.Samples, call.Samples);
        else span.SetTag(RunTelemetryNames.Attempts, call.Attempts);
        return span;
    }

    private static string Name(StepCall kind) => kind switch
    {
        StepCall.Route => GrainTelemetry.RouteSpan,
        StepCall.Dispatch => GrainTelemetry.DispatchSpan,
        StepCall.Compute => GrainTelemetry.ComputeSpan,
        _ => GrainTelemetry.CommitSpan,
    };
}
