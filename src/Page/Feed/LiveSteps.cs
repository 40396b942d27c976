using MoeOrleans.Coordinator.Telemetry;

namespace MoeOrleans.Page.Feed;

/// <summary>What the steps of a run did since it was last asked: differences of the coordinator's totals.</summary>
/// <param name="time">The clock.</param>
internal sealed class LiveSteps(TimeProvider time)
{
    private DispatchStatus? _before;
    private long _asked;
    private LiveMessage? _message;

    /// <summary>The run goes on.</summary>
    /// <param name="now">What its steps do.</param>
    /// <returns>What they did; null before the first step. Times are null where nothing was measured meanwhile.</returns>
    public LiveMessage? Update(DispatchStatus now)
    {
        if (now.Step < 0) return null;
        // Nothing new: what the last steps did stays on the screen.
        if (_message is not null && _before is not null && now.Totals.Steps == _before.Totals.Steps && now.Step == _before.Step) return _message;
        var (asked, elapsed) = (time.GetTimestamp(), _before is null ? TimeSpan.Zero : time.GetElapsedTime(_asked));
        // The coordinator has moved to another silo: its totals begin again. How long the steps before the first look took is not known.
        var before = _before is { } last && last.Totals.Steps <= now.Totals.Steps ? last : null;
        (_before, _asked) = (now, asked);
        return _message = Message(now, before, elapsed);
    }

    private static LiveMessage Message(DispatchStatus now, DispatchStatus? before, TimeSpan elapsed)
    {
        var experts = now.Experts.Length;
        var rows = Enumerable.Range(0, now.Counts.Length / experts).Select(row => now.Counts.Span.Slice(row * experts, experts).ToArray()).ToArray();
        var samples = Enumerable.Range(0, experts).Select(m => rows.Sum(row => (long)row[m])).ToArray();
        var total = samples.Sum();
        var load = samples.Select(count => total == 0 ? 0 : Math.Round((double)count * experts / total, 3)).ToArray();
        return new LiveMessage(
            now.Step, rows, load, [.. now.Experts.Select(expert => expert.Samples)],
            [.. Enumerable.Range(0, experts).Select(Utilisation)],
            Each(expert => (expert.CommitWait, expert.Dispatches)), Each(expert => (expert.Queue, expert.Dispatches)),
            Each(expert => (expert.Compute, expert.Dispatches)), Each(expert => (expert.Commit, expert.Commits)),
            Phases(now.Totals, before?.Totals ?? default),
            before is not null && elapsed > TimeSpan.Zero ? Math.Round((now.Totals.Steps - before.Totals.Steps) / elapsed.TotalSeconds, 1) : null,
            Math.Round(load.Max() - 1, 3), samples.Count(count => count == 0));

        ExpertTotals Before(int m) => before?.Experts[m] ?? default;

        double? Utilisation(int m) => before is null || elapsed == TimeSpan.Zero
            ? null
            : Math.Round((now.Experts[m].Compute - Before(m).Compute) / elapsed.TotalMilliseconds, 3);

        // The mean of what was measured meanwhile.
        double?[] Each(Func<ExpertTotals, (double Sum, long Count)> part) => [.. Enumerable.Range(0, experts).Select(m =>
        {
            var (last, first) = (part(now.Experts[m]), part(Before(m)));
            return last.Count > first.Count ? RunStates.Short((last.Sum - first.Sum) / (last.Count - first.Count)) : (double?)null;
        })];
    }

    private static PhasesMessage? Phases(StepTotals now, StepTotals before)
    {
        var steps = now.Steps - before.Steps;
        return steps == 0 ? null : new PhasesMessage(
            Mean(now.Between - before.Between), Mean(now.Route - before.Route), Mean(now.Dispatch - before.Dispatch), Mean(now.Fold - before.Fold), Mean(now.Commit - before.Commit));

        double Mean(double sum) => RunStates.Short(sum / steps);
    }
}
