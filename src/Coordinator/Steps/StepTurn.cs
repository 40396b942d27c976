using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.Protocol;

/// <summary>What follows from one thing reported to a step.</summary>
/// <param name="Accepted">
/// False if the report was stale or a duplicate. A route's reply is folded only if it was accepted and its command routed
/// for all experts.
/// </param>
/// <param name="Commands">What to do now, possibly nothing.</param>
public readonly record struct StepTurn(bool Accepted, ImmutableArray<StepCommand> Commands);
