using System.Collections.Immutable;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Messages;

/// <summary>A router's sums over its shard, after its experts have answered.</summary>
/// <param name="Refusals">Experts that refused. If there are any, only the counts are filled in.</param>
/// <param name="Counts">Samples of each cluster at each expert, clusters x experts.</param>
/// <param name="Hits">Samples classified correctly.</param>
/// <param name="BlockLosses">Sum of the losses of each of the shard's blocks, over its experts in ascending order.</param>
/// <param name="Nodes">Canonical nodes of the reduction tree that cover the shard, as level and index.</param>
/// <param name="Sums">Nodes x sums: the router's gradient of each node.</param>
/// <param name="ComputeMilliseconds">Time on compute lanes, the experts' included, summed over threads.</param>
/// <param name="DispatchMilliseconds">Time from the first dispatch to the last answer.</param>
/// <param name="Dispatches">Where the time of each dispatch went, one for each expert; those that got no samples are all zero.</param>
/// <param name="Record">Expert and gate of every position; null unless they were asked for.</param>
[GenerateSerializer, Immutable, Alias("moe.RouteReply.v1")]
internal sealed record RouteReply(
    [property: Id(0)] ImmutableArray<DispatchRefusal> Refusals,
    [property: Id(1)] WireTensor<int> Counts,
    [property: Id(2)] int Hits,
    [property: Id(3)] WireTensor<double> BlockLosses,
    [property: Id(4)] WireTensor<int> Nodes,
    [property: Id(5)] WireTensor<float> Sums,
    [property: Id(6)] double ComputeMilliseconds,
    [property: Id(7)] double DispatchMilliseconds,
    [property: Id(8)] ImmutableArray<RoutedDispatch> Dispatches,
    [property: Id(9)] RoutedPositions? Record = null);
