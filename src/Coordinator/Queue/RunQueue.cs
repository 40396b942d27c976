using System.Collections.Immutable;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// The runs of a cluster in the order they came: at most one is active, the others wait or have ended. What happened goes in, what to do
/// comes out. One caller at a time.
/// </summary>
/// <param name="runs">Runs known already.</param>
internal sealed class RunQueue(IEnumerable<SubmittedRun> runs)
{
    /// <summary>Ended runs that are kept.</summary>
    public const int EndedLimit = 20;

    private readonly List<SubmittedRun> _runs = [.. runs];

    /// <summary>All runs.</summary>
    public IReadOnlyList<SubmittedRun> Runs => _runs;

    /// <summary>The run that is active; null where none is.</summary>
    public SubmittedRun? Active => _runs.Find(run => run.State == QueueEntryState.Active);

    /// <summary>All runs in short.</summary>
    public ImmutableArray<QueueEntry> Infos => [.. _runs.Select(run => Info(run.RunId)!)];

    /// <summary>A run in short; null where it is not known.</summary>
    /// <param name="runId">The run.</param>
    public QueueEntry? Info(string runId)
    {
        var at = At(runId);
        return at < 0 ? null : _runs[at].Info(_runs.Take(at).Count(run => !run.HasEnded));
    }

    /// <summary>Takes a run, unless it is known.</summary>
    /// <param name="run">The run.</param>
    public void Add(SubmittedRun run)
    {
        if (At(run.RunId) < 0) _runs.Add(run);
    }

    /// <summary>Makes the next run active where none is.</summary>
    /// <returns>The run to start; null where there is none.</returns>
    public SubmittedRun? Next()
    {
        if (Active is not null || _runs.Find(run => run.State == QueueEntryState.Queued) is not { } next) return null;
        return Replace(next with { State = QueueEntryState.Active });
    }

    /// <summary>Notes what is become of the active run; of others nothing is noted any more.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="change">What has changed.</param>
    public void Update(string runId, Func<SubmittedRun, SubmittedRun> change)
    {
        if (Active is { } active && active.RunId == runId) Replace(change(active));
    }

    /// <summary>Takes a run out of the queue that has not begun.</summary>
    /// <param name="runId">The run.</param>
    public void Withdraw(string runId)
    {
        if (At(runId) is >= 0 and var at && _runs[at].State == QueueEntryState.Queued) Replace(_runs[at] with { State = QueueEntryState.Withdrawn });
    }

    /// <summary>Forgets a run.</summary>
    /// <param name="runId">The run.</param>
    public void Remove(string runId) => _runs.RemoveAll(run => run.RunId == runId);

    /// <summary>Forgets the oldest ended runs of which there are too many.</summary>
    /// <returns>Those.</returns>
    public IReadOnlyList<SubmittedRun> Prune()
    {
        var ended = _runs.Where(run => run.HasEnded).ToArray();
        var pruned = ended[..Math.Max(0, ended.Length - EndedLimit)];
        foreach (var run in pruned) _runs.Remove(run);
        return pruned;
    }

    private int At(string runId) => _runs.FindIndex(run => run.RunId == runId);

    private SubmittedRun Replace(SubmittedRun run) => _runs[At(run.RunId)] = run;
}
