using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>How many samples were classified correctly, and their losses if these were asked for.</summary>
/// <param name="Samples">Samples seen.</param>
/// <param name="Hits">Samples classified correctly.</param>
/// <param name="Losses">Loss of each sample in the request's order; null unless they were asked for.</param>
[GenerateSerializer, Immutable, Alias("moe.EvaluateReply.v1")]
internal sealed record EvaluateReply([property: Id(0)] int Samples, [property: Id(1)] int Hits, [property: Id(2)] WireTensor<double>? Losses = null);
