using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Steps;

/// <summary>
/// One thing that a step asks its driver to do. The outcome of a route or a commit is reported together with its command, which
/// identifies the attempt.
/// </summary>
internal readonly record struct StepCommand
{
    /// <summary>What to do.</summary>
    public required StepCommandKind Kind { get; init; }

    /// <summary>The step.</summary>
    public required long Step { get; init; }

    /// <summary>The coordinator's generation.</summary>
    public required long Generation { get; init; }

    /// <summary>Which attempt at this target it is, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>The shard to route.</summary>
    public int Shard { get; init; }

    /// <summary>The blocks of the shard to route.</summary>
    public BlockRange Range { get; init; }

    /// <summary>The one expert to route the shard for; its gate gradients are discarded. Null for all experts.</summary>
    public int? Only { get; init; }

    /// <summary>The expert to commit.</summary>
    public int Expert { get; init; }

    /// <summary>What the expert must have to commit, in ascending order of blocks; the default value with other commands.</summary>
    public ImmutableArray<RangeSamples> Coverage { get; init; }

    /// <summary>Why to recover.</summary>
    public RecoverReason Reason { get; init; }

    /// <summary>The expert that caused the recovery or showed the deposition; null if none did.</summary>
    public int? Cause { get; init; }
}

/// <summary>What a step asks its driver to do.</summary>
internal enum StepCommandKind
{
    /// <summary>Route a shard, to all experts or to one of them only.</summary>
    Route,

    /// <summary>Every shard has replied: fold, decide, then call <see cref="StepProtocol.Commit"/> or drop the step.</summary>
    Fold,

    /// <summary>Commit an expert.</summary>
    Commit,

    /// <summary>Every expert has committed: the next step may begin.</summary>
    StepCommitted,

    /// <summary>The step failed: restart the run in the next generation.</summary>
    Recover,

    /// <summary>Another generation has the run: stop acting on it.</summary>
    Deposed,
}

/// <summary>Why a step failed.</summary>
internal enum RecoverReason
{
    /// <summary>The step did not fail.</summary>
    None,

    /// <summary>An expert is at an earlier version than this step.</summary>
    LostCommits,

    /// <summary>An expert was never restored by this generation: it is a new activation.</summary>
    NotRestored,

    /// <summary>A router or an expert failed at every attempt.</summary>
    AttemptsExhausted,

    /// <summary>
    /// The same work had two results, or an expert misses a range that no shard sent. This cannot happen if all silos run the
    /// same program. If it happens again after a restart, the run fails.
    /// </summary>
    Contradiction,
}

/// <summary>What follows from one report to a step.</summary>
/// <param name="Accepted">
/// False if the report was stale or a duplicate. A route's reply is folded only if it was accepted and its command routed
/// for all experts.
/// </param>
/// <param name="Commands">What to do now; may be empty.</param>
internal readonly record struct StepTurn(bool Accepted, ImmutableArray<StepCommand> Commands);

/// <summary>The phases of a step.</summary>
internal enum StepPhase
{
    /// <summary>Shards are being routed.</summary>
    Routing,

    /// <summary>Every shard has replied: the coordinator folds, and commits the step unless the stop rule ends the run.</summary>
    Folding,

    /// <summary>Experts are committing.</summary>
    Committing,

    /// <summary>Every expert has committed.</summary>
    Committed,

    /// <summary>The step cannot be completed in this generation.</summary>
    Failed,
}
