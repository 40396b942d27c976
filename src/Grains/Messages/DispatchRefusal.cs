using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Grains.Messages;

/// <summary>An expert refused a dispatch because of its version.</summary>
/// <param name="Expert">The expert.</param>
/// <param name="Kind"><see cref="DispatchKind.Ahead"/> or <see cref="DispatchKind.Behind"/>.</param>
/// <param name="Version">The expert's version.</param>
[GenerateSerializer, Immutable, Alias("moe.DispatchRefusal.v1")]
internal readonly record struct DispatchRefusal([property: Id(0)] int Expert, [property: Id(1)] DispatchKind Kind, [property: Id(2)] long Version);
