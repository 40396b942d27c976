using System.Collections.Immutable;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// The runs of a cluster in the order they were submitted: at most one is active, the others wait or have ended. A state machine without
/// calls: its grain reports what happened. One caller at a time.
/// </summary>
/// <param name="runs">Runs known already.</param>
internal sealed class RunQueue(IEnumerable<SubmittedRun> runs)
{
    /// <summary>Ended runs that are kept.</summary>
    public const int EndedLimit = 20;

    private readonly List<SubmittedRun> _runs = [.. runs];

    /// <summary>All runs.</summary>
    public IReadOnlyList<SubmittedRun> Runs => _runs;

    /// <summary>The run that is active; null if there is none.</summary>
    public SubmittedRun? Active => _runs.Find(run => run.State == QueueEntryState.Active);

    /// <summary>The runs that were withdrawn while an unanswered start may have taken effect: they have to be cancelled.</summary>
    public IReadOnlyList<SubmittedRun> ToCancel => [.. _runs.Where(run => run.State == QueueEntryState.Withdrawn && run.MayRun)];

    /// <summary>All runs, as a client sees them.</summary>
    public ImmutableArray<QueueEntry> Entries => [.. _runs.Select(run => Entry(run.RunId)!)];

    /// <summary>A run, as a client sees it; null if it is not known.</summary>
    /// <param name="runId">The run.</param>
    public QueueEntry? Entry(string runId)
    {
        var at = At(runId);
        return at < 0 ? null : _runs[at].Entry(_runs.Take(at).Count(run => !run.HasEnded));
    }

    /// <summary>The run that has a name: the newest that is not lost, or else the newest. Null if the name is free.</summary>
    /// <param name="name">The name.</param>
    public SubmittedRun? Named(string name) => _runs.FindLast(run => run.Name == name && !run.IsLost) ?? _runs.FindLast(run => run.Name == name);

    /// <summary>The run that a submission under a name gets instead of a new run.</summary>
    /// <param name="name">The name.</param>
    /// <param name="specHash">SHA-256 of the specification.</param>
    /// <returns>
    /// The run that has the name, also if its specification is another one; the client has to compare. Null if a new run takes the name: the
    /// name is free, or the run of the same specification was lost.
    /// </returns>
    public QueueEntry? Claimed(string name, string specHash) =>
        Named(name) is { } run && !(run.IsLost && run.Request.SpecHash == specHash) ? Entry(run.RunId) : null;

    /// <summary>The result of a run that is done was lost.</summary>
    /// <param name="runId">The run.</param>
    public void ResultLost(string runId)
    {
        if (At(runId) is >= 0 and var at && _runs[at].State == QueueEntryState.Done) Replace(_runs[at].Lost("the result of the run was lost with the silo that kept it"));
    }

    /// <summary>Adds a run, unless it is known.</summary>
    /// <param name="run">The run.</param>
    public void Add(SubmittedRun run)
    {
        if (At(run.RunId) < 0) _runs.Add(run);
    }

    /// <summary>Makes the next run active if none is.</summary>
    /// <returns>The run to start; null if there is none.</returns>
    public SubmittedRun? ActivateNext()
    {
        if (Active is not null || _runs.Find(run => run.State == QueueEntryState.Queued) is not { } next) return null;
        return Replace(next with { State = QueueEntryState.Active });
    }

    /// <summary>Updates the active run. Reports on any other run are late, and ignored.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="change">What has changed.</param>
    public void Update(string runId, Func<SubmittedRun, SubmittedRun> change)
    {
        if (Active is { } active && active.RunId == runId) Replace(change(active));
    }

    /// <summary>The start of the active run was not answered: it waits for another attempt, though it may run.</summary>
    /// <param name="runId">The run.</param>
    public void StartUnanswered(string runId) => Update(runId, run => run with { State = QueueEntryState.Queued, MayRun = true });

    /// <summary>The start of the active run was answered.</summary>
    /// <param name="runId">The run.</param>
    public void Started(string runId) => Update(runId, run => run with { MayRun = false });

    /// <summary>A run of <see cref="ToCancel"/> is cancelled.</summary>
    /// <param name="runId">The run.</param>
    public void Cancelled(string runId)
    {
        if (At(runId) is >= 0 and var at) Replace(_runs[at] with { MayRun = false });
    }

    /// <summary>Withdraws a run that was not started yet.</summary>
    /// <param name="runId">The run.</param>
    /// <returns>Whether the run was waiting.</returns>
    public bool Withdraw(string runId)
    {
        if (At(runId) is not (>= 0 and var at) || _runs[at].State != QueueEntryState.Queued) return false;
        Replace(_runs[at] with { State = QueueEntryState.Withdrawn });
        return true;
    }

    /// <summary>Removes a run.</summary>
    /// <param name="runId">The run.</param>
    public void Remove(string runId) => _runs.RemoveAll(run => run.RunId == runId);

    /// <summary>Removes the oldest ended runs beyond <see cref="EndedLimit"/>.</summary>
    /// <returns>The runs that were removed.</returns>
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
