using System.Collections.Immutable;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator;

/// <summary>The weights of a mixture.</summary>
/// <param name="Router">Theta, experts x dim.</param>
/// <param name="Experts">Flat parameters of each expert (storage layout).</param>
[GenerateSerializer, Immutable, Alias("moe.WeightsReply.v1")]
public sealed record WeightsReply([property: Id(0)] WireTensor<float> Router, [property: Id(1)] ImmutableArray<WireTensor<float>> Experts);
