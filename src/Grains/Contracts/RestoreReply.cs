using MoeOrleans.Grains.Protocol;

namespace MoeOrleans.Grains.Contracts;

/// <summary>What came of a restore.</summary>
/// <param name="Decision">Whether the expert was restored.</param>
[GenerateSerializer, Immutable, Alias("moe.RestoreReply.v1")]
public sealed record RestoreReply([property: Id(0)] RestoreDecision Decision);
