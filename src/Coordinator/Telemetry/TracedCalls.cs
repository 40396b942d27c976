using System.Collections.Immutable;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>The calls of a step, from the times that the coordinator noted and those that replies carry.</summary>
internal static class TracedCalls
{
    /// <summary>The routes with their dispatches and computations, then the commits; each after the one that it is below.</summary>
    /// <param name="timeline">When the calls of the step were made.</param>
    /// <param name="dispatches">Times of the dispatches of each shard; default where there was no reply.</param>
    /// <param name="end">When the step ended: a call without an answer lasted until then.</param>
    /// <param name="assignment">The silos that were called; null if they do not matter.</param>
    public static IEnumerable<TracedCall> Of(
        StepTimeline timeline, IReadOnlyList<ImmutableArray<RoutedDispatch>> dispatches, DateTimeOffset end, RunAssignment? assignment)
    {
        for (var shard = 0; shard < timeline.Routes.Length; shard++)
        {
            if (timeline.Routes[shard] is not { Attempts: > 0 } call) continue;
            var route = Of(timeline, call, end, StepCall.Route, shard, -1, Silo(assignment?.Routers, shard));
            yield return route;
            if (dispatches[shard].IsDefault) continue;
            for (var expert = 0; expert < dispatches[shard].Length; expert++)
            {
                var times = dispatches[shard][expert];
                if (times.Samples == 0) continue;
                var silo = Silo(assignment?.Experts, expert);
                var start = route.Start + times.Start;
                yield return new TracedCall(StepCall.Dispatch, shard, expert, silo, start, times.Duration, times.Samples);
                yield return new TracedCall(
                    StepCall.Compute, shard, expert, silo, start + times.Expert.CommitWait + times.Expert.Queue, times.Expert.Compute, times.Samples);
            }
        }

        for (var expert = 0; expert < timeline.Commits.Length; expert++)
        {
            if (timeline.Commits[expert] is { Attempts: > 0 } call) yield return Of(timeline, call, end, StepCall.Commit, -1, expert, Silo(assignment?.Experts, expert));
        }
    }

    private static TracedCall Of(StepTimeline timeline, CallTimes call, DateTimeOffset stepEnd, StepCall kind, int shard, int expert, string silo)
    {
        var isAnswered = call.End > 0;
        var (start, end) = (timeline.At(call.Start), isAnswered ? timeline.At(call.End) : stepEnd);
        return new TracedCall(
            kind, shard, expert, silo, (start - timeline.Start).TotalMilliseconds, (end - start).TotalMilliseconds, Attempts: call.Attempts, IsAnswered: isAnswered);
    }

    private static string Silo(ImmutableArray<string>? silos, int index) => silos is { IsDefault: false } all && index < all.Length ? all[index] : "";
}
