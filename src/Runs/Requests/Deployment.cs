using MoeOrleans.Grains.Contracts;

namespace MoeOrleans.Coordinator.Contracts;

/// <summary>How a run is spread; it cannot change a bit of the result.</summary>
/// <param name="Silos">Number of silos.</param>
/// <param name="Shards">Shards of a minibatch; one RouterGrain each.</param>
/// <param name="Threads">Threads of each silo's compute lane.</param>
/// <param name="Dispatch">How samples travel from router to expert.</param>
[GenerateSerializer, Immutable, Alias("moe.Deployment.v1")]
public sealed record Deployment(
    [property: Id(0)] int Silos,
    [property: Id(1)] int Shards,
    [property: Id(2)] int Threads,
    [property: Id(3)] DispatchMode Dispatch);
