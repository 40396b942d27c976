using System.Collections.Immutable;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>A run's assignment, for a coordinator that moves to another silo.</summary>
/// <param name="Assignment">Where experts and routers belong.</param>
/// <param name="Threads">Compute threads of each silo, in the order of their names.</param>
/// <param name="Expected">What all silos must have in common; null if none was asked yet.</param>
[GenerateSerializer, Immutable, Alias("moe.RunSilosState.v1")]
internal sealed record AssignmentSnapshot(
    [property: Id(0)] RunAssignment Assignment,
    [property: Id(1)] ImmutableArray<int> Threads,
    [property: Id(2)] SiloFingerprint? Expected);
