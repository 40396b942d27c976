using Orleans.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>The grain lives on the silo whose name is its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OwnSiloAttribute() : PlacementAttribute(new OwnSilo());
