using System.Collections.Immutable;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>The silos and runs of a cluster.</summary>
/// <param name="Silos">Its silos in the order of their names.</param>
/// <param name="Runs">Its runs in the order they were submitted.</param>
[GenerateSerializer, Immutable, Alias("moe.ClusterStatus.v1")]
internal sealed record ClusterStatus([property: Id(0)] ImmutableArray<SiloDescription> Silos, [property: Id(1)] ImmutableArray<QueueEntry> Runs);
