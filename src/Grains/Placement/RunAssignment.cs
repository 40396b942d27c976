using System.Collections.Immutable;

namespace MoeOrleans.Grains.Placement;

/// <summary>The silo of every expert and router of a run, by name.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Number">Rises with every change; an older assignment never replaces a newer one.</param>
/// <param name="Experts">The silo of each expert.</param>
/// <param name="Routers">The silo of each router.</param>
[GenerateSerializer, Immutable, Alias("moe.RunAssignment.v1")]
internal sealed record RunAssignment(
    [property: Id(0)] string RunId,
    [property: Id(1)] long Number,
    [property: Id(2)] ImmutableArray<string> Experts,
    [property: Id(3)] ImmutableArray<string> Routers);
