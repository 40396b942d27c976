using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>What the queue takes along to another silo.</summary>
/// <param name="Runs">The runs in the order they were submitted.</param>
/// <param name="Draining">Names of the silos that are about to leave.</param>
[GenerateSerializer, Immutable, Alias("moe.RunsState.v1")]
internal sealed record RunQueueSnapshot([property: Id(0)] ImmutableArray<SubmittedRun> Runs, [property: Id(1)] ImmutableArray<string> Draining);
