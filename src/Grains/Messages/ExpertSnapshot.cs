using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>An expert's state.</summary>
/// <param name="Version">Number of commits applied.</param>
/// <param name="Generation">The generation that restored it last.</param>
/// <param name="Weights">Flat parameters (storage layout).</param>
/// <param name="OptimiserState">State of the optimiser; empty if it has none.</param>
/// <param name="LedgerEntries">Partial gradients held.</param>
/// <param name="Silo">Name of its silo.</param>
[GenerateSerializer, Immutable, Alias("moe.ExpertSnapshot.v1")]
internal sealed record ExpertSnapshot(
    [property: Id(0)] long Version,
    [property: Id(1)] long Generation,
    [property: Id(2)] WireTensor<float> Weights,
    [property: Id(3)] WireTensor<float> OptimiserState,
    [property: Id(4)] int LedgerEntries,
    [property: Id(5)] string Silo);
