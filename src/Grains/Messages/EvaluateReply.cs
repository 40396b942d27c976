namespace MoeOrleans.Grains.Messages;

/// <summary>How many test samples were classified correctly.</summary>
/// <param name="Samples">Samples seen.</param>
/// <param name="Hits">Samples classified correctly.</param>
[GenerateSerializer, Immutable, Alias("moe.EvaluateReply.v1")]
internal sealed record EvaluateReply([property: Id(0)] int Samples, [property: Id(1)] int Hits);
