using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Grains.Messages;

/// <summary>The reply to a restore.</summary>
/// <param name="Decision">Whether the expert was restored.</param>
/// <param name="Silo">Name of its silo.</param>
[GenerateSerializer, Immutable, Alias("moe.RestoreReply.v1")]
internal sealed record RestoreReply([property: Id(0)] RestoreDecision Decision, [property: Id(1)] string Silo);
