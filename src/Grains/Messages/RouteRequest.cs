using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Messages;

/// <summary>A shard of a step's minibatch to route.</summary>
/// <param name="Run">The run.</param>
/// <param name="Step">The step.</param>
/// <param name="FirstBlock">First block of the shard.</param>
/// <param name="BlockCount">Number of blocks of the shard.</param>
/// <param name="Theta">The router's weights, experts x dim.</param>
/// <param name="Only">The one expert to dispatch to; its gate gradients are discarded. Null for all experts.</param>
/// <param name="Trace">The span of a step that is traced, as W3C traceparent; null with other steps.</param>
/// <param name="Record">Whether the reply carries the expert and gate of every sample.</param>
/// <param name="Dispatched">Samples of each expert in the step before, if the loss needs them; null at the first step.</param>
[GenerateSerializer, Immutable, Alias("moe.RouteRequest.v1")]
internal sealed record RouteRequest(
    [property: Id(0)] RunContext Run,
    [property: Id(1)] long Step,
    [property: Id(2)] int FirstBlock,
    [property: Id(3)] int BlockCount,
    [property: Id(4)] WireTensor<float> Theta,
    [property: Id(5)] int? Only,
    [property: Id(6)] string? Trace = null,
    [property: Id(7)] bool Record = false,
    [property: Id(8)] WireTensor<int>? Dispatched = null)
{
    /// <summary>The blocks of the shard.</summary>
    public BlockRange Range => new(FirstBlock, BlockCount);
}
