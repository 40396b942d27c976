using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>A piece of an expert's state.</summary>
/// <param name="Version">Number of commits that its array has; with the best weights, the step of their loss.</param>
/// <param name="Generation">The generation that restored the expert last.</param>
/// <param name="Values">The elements asked for and those that follow, at most <see cref="TensorPiece.MaxElements"/>.</param>
/// <param name="LedgerEntries">Partial gradients held.</param>
/// <param name="Silo">Name of its silo.</param>
[GenerateSerializer, Immutable, Alias("moe.ExpertSnapshot.v2")]
internal sealed record ExpertSnapshot(
    [property: Id(0)] long Version,
    [property: Id(1)] long Generation,
    [property: Id(2)] WireTensor<float> Values,
    [property: Id(3)] int LedgerEntries,
    [property: Id(4)] string Silo);
