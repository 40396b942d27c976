namespace MoeOrleans.Grains.Placement;

/// <summary>A grain of a run lives where the run's assignment table says.</summary>
[GenerateSerializer, Immutable, Alias("moe.AssignedSilo.v1")]
public sealed class AssignedSilo : PlacementStrategy;
