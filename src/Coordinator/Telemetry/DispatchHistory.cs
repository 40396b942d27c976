using System.Collections.Immutable;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>Adds up counts and times of a run's steps, and keeps the calls of some steps, for the live page to fetch. Adding a step allocates nothing.</summary>
/// <param name="silo">The silo of the coordinator.</param>
/// <param name="experts">Number of experts.</param>
/// <param name="assignment">Reads the silos of experts and routers.</param>
internal sealed class DispatchHistory(string silo, int experts, Func<RunAssignment> assignment)
{
    /// <summary>Steps of each reason whose calls are kept: slow ones are rare, and sampled ones must not push them out.</summary>
    public const int KeptOfEachReason = 4;

    private readonly ExpertTotals[] _experts = new ExpertTotals[experts];
    private readonly Queue<Kept>[] _kept = [new(), new(), new()];
    private long _step = -1;
    private DispatchCounts? _counts;
    private WireTensor<int>[] _countsOfShards = [];
    private StepTotals _totals;

    /// <summary>A step has ended.</summary>
    /// <param name="report">The step.</param>
    /// <param name="isFirst">Whether it was never committed before: after a restart steps are repeated.</param>
    public void Add(in StepReport report, bool isFirst)
    {
        (_step, _counts) = (report.Metrics.Step, report.Counts);
        if (_countsOfShards.Length != report.Replies.Count) _countsOfShards = new WireTensor<int>[report.Replies.Count];
        var phases = report.Phases;
        _totals.Steps++;
        _totals.Between += phases.Between.TotalMilliseconds;
        _totals.Route += phases.Route.TotalMilliseconds;
        _totals.Dispatch += phases.Dispatch.TotalMilliseconds;
        _totals.Fold += phases.Fold.TotalMilliseconds;
        _totals.Commit += phases.Commit.TotalMilliseconds;
        for (var shard = 0; shard < report.Replies.Count; shard++)
        {
            // The replies themselves hold large sums.
            _countsOfShards[shard] = report.Replies[shard].Counts;
            AddDispatches(report.Replies[shard].Dispatches);
        }

        var isCounted = report.IsCommitted && isFirst;
        for (var m = 0; m < experts; m++)
        {
            ref var expert = ref _experts[m];
            if (isCounted) expert.Samples += report.Counts.OfExpert(m);
            if (report.Timeline.Commits[m] is not { End: > 0 } commit) continue;
            expert.Commits++;
            expert.Commit += commit.Milliseconds;
        }
    }

    /// <summary>Keeps the calls of a step.</summary>
    /// <param name="timeline">When they were made.</param>
    /// <param name="replies">Replies of the routers; null where there is none.</param>
    /// <param name="reason">Why they are kept.</param>
    /// <param name="error">Why the step failed; null unless it did.</param>
    public void Keep(StepTimeline timeline, IReadOnlyList<RouteReply?> replies, TraceReason reason, string? error = null)
    {
        var kept = _kept[(int)reason];
        if (kept.Count == KeptOfEachReason) kept.Dequeue();
        kept.Enqueue(new Kept(timeline, timeline.Now, [.. replies.Select(reply => reply?.Dispatches ?? default)], assignment(), reason, error));
    }

    /// <summary>What is known now.</summary>
    /// <param name="generation">The generation that holds the run.</param>
    /// <param name="restarts">How often the run went back to step 0.</param>
    public DispatchStatus Status(long generation, int restarts)
    {
        var byShard = _counts is { Clusters: 1 };
        var counts = byShard ? [.. _countsOfShards.SelectMany(shard => shard.Span.ToArray())] : _counts?.Values.ToArray() ?? [];
        return new DispatchStatus(
            _step, byShard ? CountedBy.Shard : CountedBy.Cluster, new WireTensor<int>(counts), [.. _experts], _totals,
            [.. _kept.SelectMany(kept => kept).OrderBy(kept => kept.Timeline.Start).Select(kept => kept.Trace)], silo, assignment(), generation, restarts);
    }

    private void AddDispatches(ImmutableArray<RoutedDispatch> dispatches)
    {
        if (dispatches.IsDefault) return;
        for (var m = 0; m < dispatches.Length; m++)
        {
            var dispatch = dispatches[m];
            if (dispatch.Samples == 0) continue;
            ref var expert = ref _experts[m];
            expert.Dispatches++;
            expert.CommitWait += dispatch.Expert.CommitWait;
            expert.Queue += dispatch.Expert.Queue;
            expert.Compute += dispatch.Expert.Compute;
        }
    }

    private sealed record Kept(
        StepTimeline Timeline, DateTimeOffset End, ImmutableArray<ImmutableArray<RoutedDispatch>> Dispatches, RunAssignment Assignment, TraceReason Reason, string? Error)
    {
        public StepTrace Trace => new(
            Timeline.Step, Timeline.Start, (End - Timeline.Start).TotalMilliseconds, Reason, Error, [.. TracedCalls.Of(Timeline, Dispatches, End, Assignment)]);
    }
}
