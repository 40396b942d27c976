namespace MoeOrleans.Grains.Placement;

/// <summary>A grain lives on the silo whose name is its key.</summary>
[GenerateSerializer, Immutable, Alias("moe.OwnSilo.v1")]
public sealed class OwnSilo : PlacementStrategy;
