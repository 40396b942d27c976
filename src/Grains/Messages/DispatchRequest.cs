using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>The samples of a shard that go to one expert.</summary>
/// <param name="Step">The step.</param>
/// <param name="FirstBlock">First block of the shard.</param>
/// <param name="BlockStarts">Blocks + 1 offsets of each block's first sample.</param>
/// <param name="Indexes">
/// By reference the index of each sample in the training set, in ascending position. By payload null: the samples were sent before, as
/// <see cref="SampleChunk"/>, in that order.
/// </param>
/// <param name="Gates">Gate of each sample.</param>
/// <param name="Trace">The span of the dispatch if its step is traced, as W3C traceparent; null with other steps.</param>
[GenerateSerializer, Immutable, Alias("moe.DispatchRequest.v1")]
internal sealed record DispatchRequest(
    [property: Id(0)] long Step,
    [property: Id(1)] int FirstBlock,
    [property: Id(2)] WireTensor<int> BlockStarts,
    [property: Id(3)] WireTensor<int>? Indexes,
    [property: Id(4)] WireTensor<float> Gates,
    [property: Id(5)] string? Trace = null)
{
    /// <summary>The blocks of the shard.</summary>
    public BlockRange Range => new(FirstBlock, BlockStarts.Length - 1);
}
