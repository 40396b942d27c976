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
        for (var shard = 0; shard < timeline.Routes.Length; shard++)
        {
            var call = timeline.Routes[shard];
            if (call.Attempts == 0) continue;
            using var route = Add(GrainTelemetry.RouteSpan, step, timeline, call, unanswered);
            route?.SetTag(GrainTelemetry.Shard, shard).SetTag(RunTelemetryNames.Attempts, call.Attempts);
            if (route is not null && replies[shard] is { Dispatches.IsDefault: false } reply) AddDispatches(route, timeline, call, reply);
        }

        for (var expert = 0; expert < timeline.Commits.Length; expert++)
        {
            var call = timeline.Commits[expert];
            if (call.Attempts == 0) continue;
            using var commit = Add(GrainTelemetry.CommitSpan, step, timeline, call, unanswered);
            commit?.SetTag(GrainTelemetry.Expert, expert).SetTag(RunTelemetryNames.Attempts, call.Attempts);
        }
    }

    private static void AddDispatches(Activity route, StepTimeline timeline, CallTimes call, RouteReply reply)
    {
        for (var expert = 0; expert < reply.Dispatches.Length; expert++)
        {
            var times = reply.Dispatches[expert];
            if (times.Samples == 0) continue;
            var start = timeline.At(call.Start).AddMilliseconds(times.Start);
            using var dispatch = Add(GrainTelemetry.DispatchSpan, route, timeline.Step, start, start.AddMilliseconds(times.Duration));
            dispatch?.SetTag(GrainTelemetry.Expert, expert).SetTag(GrainTelemetry.Samples, times.Samples);
            if (dispatch is null) continue;
            var computed = start.AddMilliseconds(times.Expert.CommitWait + times.Expert.Queue);
            using var compute = Add(GrainTelemetry.ComputeSpan, dispatch, timeline.Step, computed, computed.AddMilliseconds(times.Expert.Compute));
            compute?.SetTag(GrainTelemetry.Expert, expert)
                .SetTag(GrainTelemetry.Samples, times.Samples)
                .SetTag(GrainTelemetry.CommitWait, times.Expert.CommitWait / 1000)
                .SetTag(GrainTelemetry.Queue, times.Expert.Queue / 1000);
        }
    }

    private static Activity? Add(string name, Activity parent, StepTimeline timeline, CallTimes call, Exception? unanswered)
    {
        var isAnswered = call.End > 0;
        var span = Add(name, parent, timeline.Step, timeline.At(call.Start), isAnswered ? timeline.At(call.End) : timeline.Now);
        if (!isAnswered && unanswered is not null) span.Fail(unanswered);
        return span;
    }

    private static Activity? Add(string name, Activity parent, long step, DateTimeOffset start, DateTimeOffset end) =>
        RunTelemetryNames.Begin(name, parent.Context, start: start)?
            .SetEndTime(end.UtcDateTime).SetTag(GrainTelemetry.Step, step).SetTag(RunTelemetryNames.Rebuilt, true);
}
