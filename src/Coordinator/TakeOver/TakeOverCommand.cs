using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.TakeOver;

/// <summary>One thing that a takeover asks its driver to do. The outcome of a restore is reported together with its command.</summary>
internal readonly record struct TakeOverCommand
{
    /// <summary>What to do.</summary>
    public required TakeOverCommandKind Kind { get; init; }

    /// <summary>The generation that takes over.</summary>
    public required long Generation { get; init; }

    /// <summary>The manifest's version: the version to restore, or the step to begin.</summary>
    public long Version { get; init; }

    /// <summary>The expert to restore.</summary>
    public int Expert { get; init; }

    /// <summary>Which attempt at this expert it is, from 1.</summary>
    public int Attempt { get; init; }
}

/// <summary>What a takeover asks its driver to do.</summary>
internal enum TakeOverCommandKind
{
    /// <summary>Create the generation's record; an existing one is never overwritten.</summary>
    Claim,

    /// <summary>Find the last manifest that is complete.</summary>
    ReadManifest,

    /// <summary>Restore an expert to the manifest's version.</summary>
    Restore,

    /// <summary>Every expert is restored: the step of the manifest's version may begin.</summary>
    Begin,

    /// <summary>Another generation has the run: stop acting on it.</summary>
    Deposed,

    /// <summary>An expert could not be restored at any attempt: take over again later.</summary>
    GiveUp,
}

/// <summary>What follows from one report to a takeover.</summary>
/// <param name="Accepted">False if the report was stale or a duplicate.</param>
/// <param name="Commands">What to do now; may be empty.</param>
internal readonly record struct TakeOverTurn(bool Accepted, ImmutableArray<TakeOverCommand> Commands);

/// <summary>The phases of a takeover.</summary>
internal enum TakeOverPhase
{
    /// <summary>The generation's record is being created.</summary>
    Claiming,

    /// <summary>The record is created; the manifest is being read.</summary>
    Reading,

    /// <summary>Experts are being restored.</summary>
    Restoring,

    /// <summary>Every expert is restored.</summary>
    Done,

    /// <summary>The takeover failed.</summary>
    Failed,
}
