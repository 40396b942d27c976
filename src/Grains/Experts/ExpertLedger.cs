using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// What one expert knows of the run: its version, its generation and the partial gradients of the step in progress.
/// A state machine without tasks, clock or weights. One caller at a time.
/// <para>
/// <b>One value.</b> For a step and a block range only one result can exist, so dispatches carry no generation: the
/// partial is the same for every caller. Generations guard what changes the expert: commit and restore.
/// </para>
/// <para>
/// <b>Generations.</b> They start at 1; a new ledger is at generation 0, which holds no weights: every dispatch is ahead of
/// it. Only a restore raises the generation. A commit of an older generation is refused as
/// <see cref="CommitKind.StaleGeneration"/>. A commit of a newer one is refused as <see cref="CommitKind.NotRestored"/>: until a restore,
/// the former coordinator could commit here too, and its computations could end after the new one's commit. A generation restores
/// an expert to one version. The same restore again is acknowledged and changes nothing, even after commits. Another version needs
/// another generation.
/// </para>
/// <para>
/// <b>One step early.</b> A coordinator routes the next step while it commits this one, so a dispatch may come before the commit
/// that it is computed after. It waits until the commit is applied, which the coordinator repeats, or until the expert is restored.
/// The ledger does not know of waiting dispatches.
/// </para>
/// <para>
/// <b>Memory.</b> There are entries for the step <see cref="Version"/> only, one for each distinct range: the shards of the current
/// coordinator, and those of a former one whose routers still send.
/// </para>
/// </summary>
/// <typeparam name="TPartial">A partial gradient of one block range.</typeparam>
/// <typeparam name="TAnswer">The reply to the router for one block range.</typeparam>
internal sealed class ExpertLedger<TPartial, TAnswer>
{
    private readonly Dictionary<BlockRange, Entry> _entries = [];
    private long _restoredVersion;
    private long _tickets;

    /// <summary>How many commits were applied: the step this expert takes part in.</summary>
    public long Version { get; private set; }

    /// <summary>The generation that restored this expert last; 0 if none did.</summary>
    public long Generation { get; private set; }

    /// <summary>Number of partials that are held or being computed.</summary>
    public int EntryCount => _entries.Count;

    /// <summary>
    /// A router sends work. On <see cref="DispatchKind.Compute"/> the caller computes and ends the ticket with
    /// <see cref="Complete"/> or <see cref="Abandon"/>.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="range">The blocks the samples were taken from: the router's whole shard.</param>
    public DispatchDecision<TAnswer> Dispatch(long step, BlockRange range)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (!range.IsValid)
            throw new ArgumentException($"{range} is no range of blocks.", nameof(range));

        if (IsEarly(step))
            return new(DispatchKind.Early, Version, default, default);
        if (Generation == 0 || step > Version)
            return new(DispatchKind.Ahead, Version, default, default);
        if (step < Version)
            return new(DispatchKind.Behind, Version, default, default);

        if (_entries.TryGetValue(range, out var entry))
        {
            return entry.Completed
                ? new(DispatchKind.Done, Version, default, entry.Answer)
                : new(DispatchKind.Pending, Version, new(entry.Ticket, step, range), default);
        }

        var ticket = new DispatchTicket(++_tickets, step, range);
        _entries.Add(range, new Entry(ticket.Number, false, default, 0, default));
        return new(DispatchKind.Compute, Version, ticket, default);
    }

    /// <summary>Whether a dispatch or its samples have to wait for a commit, or for a restore.</summary>
    /// <param name="step">The step.</param>
    public bool IsEarly(long step) => Generation != 0 && step == Version + 1;

    /// <summary>Whether a dispatch would have to be computed: only then its samples are wanted.</summary>
    /// <param name="step">The step.</param>
    /// <param name="range">The blocks the samples were taken from.</param>
    public bool Wants(long step, BlockRange range) => Generation != 0 && step == Version && !_entries.ContainsKey(range);

    /// <summary>
    /// A computation has ended. False if a commit or a restore came in between: the weights may have changed during it, so
    /// its result is dropped and its answer must not be sent.
    /// </summary>
    /// <param name="ticket">The computation.</param>
    /// <param name="partial">Its partial gradient.</param>
    /// <param name="samples">How many samples are in the partial.</param>
    /// <param name="answer">The answer to the router, repeated if the same is dispatched again.</param>
    public bool Complete(DispatchTicket ticket, TPartial partial, int samples, TAnswer answer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        if (!IsRunning(ticket))
            return false;
        _entries[ticket.Range] = new Entry(ticket.Number, true, partial, samples, answer);
        return true;
    }

    /// <summary>A computation has failed or was cancelled: the next dispatch of its range computes. False if it was dropped before.</summary>
    /// <param name="ticket">The computation.</param>
    public bool Abandon(DispatchTicket ticket) => IsRunning(ticket) && _entries.Remove(ticket.Range);

    /// <summary>
    /// The coordinator commits a step. On <see cref="CommitKind.Apply"/> the version has advanced and the step's entries are
    /// dropped: the caller folds the partials and applies the optimiser in the same turn, before it dispatches again.
    /// Entries that the coverage does not name are ignored: another generation cut its shards elsewhere.
    /// </summary>
    /// <param name="generation">The coordinator's generation, at least 1.</param>
    /// <param name="step">The step.</param>
    /// <param name="coverage">What the routers sent to this expert, in any order; empty where it got no samples.</param>
    /// <exception cref="ArgumentException">A range is no range, has no samples, or shares a block with another.</exception>
    public CommitDecision<TPartial> Commit(long generation, long step, ReadOnlySpan<RangeSamples> coverage)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generation, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        coverage = Ordered(coverage);

        if (generation < Generation)
            return Refuse(CommitKind.StaleGeneration);
        if (generation > Generation)
            return Refuse(CommitKind.NotRestored);
        if (step > Version)
            return Refuse(CommitKind.Ahead);
        if (step < Version)
            return Refuse(step == Version - 1 ? CommitKind.AlreadyApplied : CommitKind.Behind);

        var missing = Missing(coverage);
        if (!missing.IsEmpty)
            return new(CommitKind.Incomplete, Version, Generation, [], missing);

        var partials = new TPartial[coverage.Length];
        for (var i = 0; i < partials.Length; i++)
            partials[i] = _entries[coverage[i].Range].Partial!;
        _entries.Clear();
        Version++;
        return new(CommitKind.Apply, Version, Generation, ImmutableCollectionsMarshal.AsImmutableArray(partials), []);
    }

    /// <summary>
    /// A coordinator that took the run over sets this expert to a version. Call it after the state of that version is loaded, in
    /// the turn that puts the state in place: while it loads, a restore of a newer generation may come. The state of a version is
    /// unique, so an expert already at that version may keep its weights.
    /// </summary>
    /// <param name="generation">The coordinator's generation, at least 1.</param>
    /// <param name="version">The version of the restored state.</param>
    public RestoreDecision Restore(long generation, long version)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generation, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(version);

        if (generation < Generation)
            return RestoreDecision.Refused;
        if (generation == Generation)
            return version == _restoredVersion ? RestoreDecision.AlreadyRestored : RestoreDecision.Refused;

        _entries.Clear();
        Generation = generation;
        Version = _restoredVersion = version;
        return RestoreDecision.Restored;
    }

    /// <summary>Whether a generation has restored this expert to a version before: the same restore again changes nothing.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="version">The version.</param>
    public bool WasRestored(long generation, long version) => Generation != 0 && generation == Generation && version == _restoredVersion;

    /// <summary>
    /// The expert's state is lost: like a new ledger, this one refuses every call until it is restored. Results of
    /// computations begun before are still recognised as late.
    /// </summary>
    public void Invalidate()
    {
        _entries.Clear();
        (Generation, Version, _restoredVersion) = (0, 0, 0);
    }

    private bool IsRunning(DispatchTicket ticket) =>
        _entries.TryGetValue(ticket.Range, out var entry) && entry.Ticket == ticket.Number && !entry.Completed;

    private CommitDecision<TPartial> Refuse(CommitKind kind) => new(kind, Version, Generation, [], []);

    private ImmutableArray<BlockRange> Missing(ReadOnlySpan<RangeSamples> coverage)
    {
        List<BlockRange>? missing = null;
        foreach (var (range, samples) in coverage)
        {
            if (_entries.TryGetValue(range, out var entry) && entry.Completed)
            {
                if (entry.Samples == samples)
                    continue;
                // If the entry stayed, it would answer the dispatch that is to replace it.
                _entries.Remove(range);
            }
            (missing ??= []).Add(range);
        }
        return missing is null ? [] : [.. missing];
    }

    private static ReadOnlySpan<RangeSamples> Ordered(ReadOnlySpan<RangeSamples> coverage)
    {
        for (var i = 1; i < coverage.Length; i++)
        {
            if (coverage[i].Range >= coverage[i - 1].Range)
                continue;
            var sorted = coverage.ToArray();
            Array.Sort(sorted, static (a, b) => a.Range.CompareTo(b.Range));
            coverage = sorted;
            break;
        }

        for (var i = 0; i < coverage.Length; i++)
        {
            var (range, samples) = coverage[i];
            if (!range.IsValid || samples <= 0)
                throw new ArgumentException($"A coverage names {range} with {samples} samples.", nameof(coverage));
            if (i > 0 && range.Overlaps(coverage[i - 1].Range))
                throw new ArgumentException($"A coverage names {coverage[i - 1].Range} and {range}, which share blocks.", nameof(coverage));
        }
        return coverage;
    }

    private readonly record struct Entry(long Ticket, bool Completed, TPartial? Partial, int Samples, TAnswer? Answer);
}
