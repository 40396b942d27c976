using Orleans.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>The grain lives on the silo with the first name of those that are not about to leave.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FirstSiloAttribute() : PlacementAttribute(new FirstSilo());
