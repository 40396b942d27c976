using MoeOrleans.Grains.Messages;
using Orleans.Concurrency;

namespace MoeOrleans.Grains.Routers;

/// <summary>
/// Routes a shard of each step's minibatch: scores, noise, argmax and gates, dispatch to the experts, and the router's
/// gradient. It has no state between steps. Key: run id / shard.
/// </summary>
[Alias("moe.IRouterGrain.v1")]
internal interface IRouterGrain : IGrainWithStringKey
{
    /// <summary>Routes a shard and waits for its experts.</summary>
    /// <param name="request">The shard and the router's weights.</param>
    [AlwaysInterleave, Alias("Route")]
    Task<RouteReply> Route(RouteRequest request);

    /// <summary>Routes a range of the test samples and counts the hits.</summary>
    /// <param name="request">The range and the router's weights.</param>
    [AlwaysInterleave, Alias("RouteTest")]
    Task<EvaluateReply> RouteTest(RouteTestRequest request);

    /// <summary>Moves the router to the silo that its assignment names. Returns at once.</summary>
    [Alias("Move")]
    Task Move();

    /// <summary>Deactivates the router: the run is over.</summary>
    [Alias("Release")]
    Task Release();
}
