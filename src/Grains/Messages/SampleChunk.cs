using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>
/// Some of the samples of a dispatch by payload. The dispatch itself is sent after all of them were received. Chunks may come twice
/// and in any order.
/// </summary>
/// <param name="Step">The step.</param>
/// <param name="FirstBlock">First block of the shard.</param>
/// <param name="BlockCount">Number of blocks of the shard.</param>
/// <param name="Total">Samples of the whole dispatch.</param>
/// <param name="First">Position of the chunk's first sample in the dispatch.</param>
/// <param name="Samples">The samples.</param>
[GenerateSerializer, Immutable, Alias("moe.SampleChunk.v1")]
internal sealed record SampleChunk(
    [property: Id(0)] long Step,
    [property: Id(1)] int FirstBlock,
    [property: Id(2)] int BlockCount,
    [property: Id(3)] int Total,
    [property: Id(4)] int First,
    [property: Id(5)] WireSamples Samples)
{
    /// <summary>The blocks of the shard.</summary>
    public BlockRange Range => new(FirstBlock, BlockCount);
}
