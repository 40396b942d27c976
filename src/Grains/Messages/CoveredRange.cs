namespace MoeOrleans.Grains.Messages;

/// <summary>How many samples of a range of blocks an expert was sent.</summary>
/// <param name="Start">First block.</param>
/// <param name="Count">Number of blocks.</param>
/// <param name="Samples">Samples, at least one.</param>
[GenerateSerializer, Immutable, Alias("moe.CoveredRange.v1")]
internal readonly record struct CoveredRange([property: Id(0)] int Start, [property: Id(1)] int Count, [property: Id(2)] int Samples);
