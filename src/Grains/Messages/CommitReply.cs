using System.Collections.Immutable;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Grains.Messages;

/// <summary>An expert's answer to a commit.</summary>
/// <param name="Kind">The decision.</param>
/// <param name="Version">The expert's version.</param>
/// <param name="Missing">With <see cref="CommitKind.Incomplete"/> the missing ranges; their sample counts are 0.</param>
/// <param name="Milliseconds">Time that the expert took.</param>
/// <param name="SquaredGradient">Sum of squares of the last committed gradient, of the mean loss, before clipping and normalisation.</param>
[GenerateSerializer, Immutable, Alias("moe.CommitReply.v1")]
internal sealed record CommitReply(
    [property: Id(0)] CommitKind Kind,
    [property: Id(1)] long Version,
    [property: Id(2)] ImmutableArray<CoveredRange> Missing,
    [property: Id(3)] double Milliseconds = 0,
    [property: Id(4)] double SquaredGradient = 0);
