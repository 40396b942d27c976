using System.Collections.Immutable;

namespace MoeOrleans.Grains.Contracts;

/// <summary>Commits a step.</summary>
/// <param name="Generation">The coordinator's generation.</param>
/// <param name="Step">The step.</param>
/// <param name="Coverage">What the routers sent to this expert.</param>
[GenerateSerializer, Immutable, Alias("moe.CommitRequest.v1")]
public sealed record CommitRequest(
    [property: Id(0)] long Generation,
    [property: Id(1)] long Step,
    [property: Id(2)] ImmutableArray<CoveredRange> Coverage);
