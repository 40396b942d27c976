using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Experts;

/// <summary>A ledger's decision on a commit.</summary>
/// <typeparam name="TPartial">A partial gradient.</typeparam>
/// <param name="Kind">The decision.</param>
/// <param name="Version">The expert's version; after the commit if it was applied.</param>
/// <param name="Generation">The ledger's generation.</param>
/// <param name="Partials">With <see cref="CommitKind.Apply"/> the partials in ascending order of their blocks, else empty.</param>
/// <param name="Missing">With <see cref="CommitKind.Incomplete"/> the missing ranges in ascending order, else empty.</param>
internal readonly record struct CommitDecision<TPartial>(
    CommitKind Kind,
    long Version,
    long Generation,
    ImmutableArray<TPartial> Partials,
    ImmutableArray<BlockRange> Missing);

/// <summary>What an expert does with a commit, and what it answers to the coordinator.</summary>
internal enum CommitKind
{
    /// <summary>Everything is there and the version has advanced: fold the decision's partials and apply the optimiser.</summary>
    Apply = 0,

    /// <summary>This step was the last one committed: acknowledge again, change nothing.</summary>
    AlreadyApplied = 1,

    /// <summary>Work is missing: the decision's ranges have to be routed again.</summary>
    Incomplete = 2,

    /// <summary>The commit is ahead of the expert, which has lost commits.</summary>
    Ahead = 3,

    /// <summary>The commit is behind the expert by more than the last step.</summary>
    Behind = 4,

    /// <summary>The commit is of an older generation.</summary>
    StaleGeneration = 5,

    /// <summary>The commit is of a generation that never restored this expert: a new activation, or a takeover that skipped it.</summary>
    NotRestored = 6,
}
