using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Protocol;

namespace MoeOrleans.Coordinator.Protocol;

/// <summary>
/// One thing a step asks its coordinator to do. The outcome of a route or a commit is reported together with its command,
/// which says what the outcome belongs to.
/// </summary>
public readonly record struct StepCommand
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

    /// <summary>The one expert to route the shard for, whose gate answers are discarded; null for all.</summary>
    public int? Only { get; init; }

    /// <summary>The expert to commit.</summary>
    public int Expert { get; init; }

    /// <summary>What the expert must have to commit, in ascending order of blocks; the default value with other commands.</summary>
    public ImmutableArray<RangeSamples> Coverage { get; init; }

    /// <summary>Why to recover.</summary>
    public RecoverReason Reason { get; init; }

    /// <summary>The expert that the recovery or the deposition is due to, if there is one.</summary>
    public int? Cause { get; init; }
}
