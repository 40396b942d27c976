using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.Protocol;

/// <summary>What follows from one thing reported to a takeover.</summary>
/// <param name="Accepted">False if the report was stale or a duplicate.</param>
/// <param name="Commands">What to do now, possibly nothing.</param>
public readonly record struct TakeOverTurn(bool Accepted, ImmutableArray<TakeOverCommand> Commands);
