namespace MoeOrleans.Grains.Placement;

/// <summary>A grain begins on the silo with the first name: whatever becomes of the other silos does not touch it.</summary>
[GenerateSerializer, Immutable, Alias("moe.FirstSilo.v1")]
public sealed class FirstSilo : PlacementStrategy;
