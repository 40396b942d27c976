using Orleans.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>The grain, an expert or a router, lives where its run's assignment table says.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AssignedSiloAttribute() : PlacementAttribute(new AssignedSilo());
