using System.Collections.Immutable;

namespace MoeOrleans.Grains.Messages;

/// <summary>Commits a step.</summary>
/// <param name="Generation">The coordinator's generation.</param>
/// <param name="Step">The step.</param>
/// <param name="Coverage">What the routers sent to this expert.</param>
/// <param name="SnapshotBest">Whether the expert keeps a copy of the weights that the step was computed with: its loss is the smallest so far.</param>
/// <param name="Trace">The span of a step that is traced, as W3C traceparent; null with other steps.</param>
[GenerateSerializer, Immutable, Alias("moe.CommitRequest.v1")]
internal sealed record CommitRequest(
    [property: Id(0)] long Generation,
    [property: Id(1)] long Step,
    [property: Id(2)] ImmutableArray<CoveredRange> Coverage,
    [property: Id(3)] bool SnapshotBest,
    [property: Id(4)] string? Trace = null);
