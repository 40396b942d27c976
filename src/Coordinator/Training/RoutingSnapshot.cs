using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.Training;

/// <summary>The wire form of a <see cref="RoutingRecorder"/>.</summary>
/// <param name="Last">The last step that was recorded; -1 before the first.</param>
/// <param name="Fetched">Records that were fetched.</param>
/// <param name="Kept">Records that were not.</param>
/// <param name="IsGivenUp">Whether the recording has ended.</param>
[GenerateSerializer, Immutable, Alias("moe.RoutingSnapshot.v1")]
internal sealed record RoutingSnapshot(
    [property: Id(0)] long Last, [property: Id(1)] int Fetched, [property: Id(2)] ImmutableArray<RecordedRouting> Kept, [property: Id(3)] bool IsGivenUp);
