using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Protocol;

/// <summary>A ledger's decision on a commit.</summary>
/// <typeparam name="TPartial">A partial gradient.</typeparam>
/// <param name="Kind">The decision.</param>
/// <param name="Version">The expert's version, after the commit where it was applied.</param>
/// <param name="Generation">The ledger's generation.</param>
/// <param name="Partials">With <see cref="CommitKind.Apply"/> the partials in ascending order of their blocks, else empty.</param>
/// <param name="Missing">With <see cref="CommitKind.Incomplete"/> the missing ranges in ascending order, else empty.</param>
public readonly record struct CommitDecision<TPartial>(
    CommitKind Kind,
    long Version,
    long Generation,
    ImmutableArray<TPartial> Partials,
    ImmutableArray<BlockRange> Missing);
