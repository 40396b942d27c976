using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>Where the samples at a range of positions of a step went.</summary>
/// <param name="Experts">The expert of each position.</param>
/// <param name="Gates">The gate of each position.</param>
[GenerateSerializer, Immutable, Alias("moe.RoutedPositions.v1")]
internal sealed record RoutedPositions([property: Id(0)] WireTensor<ushort> Experts, [property: Id(1)] WireTensor<float> Gates);
