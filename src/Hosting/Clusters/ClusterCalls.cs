namespace MoeOrleans.Hosting.Clusters;

/// <summary>How a client calls a cluster.</summary>
/// <param name="time">The clock.</param>
/// <param name="gateways">The gateways of the cluster; null if the caller is a silo or uses its own Orleans client.</param>
/// <param name="waiting">Receives a sentence if calls have to be repeated for longer than a moment.</param>
internal sealed class ClusterCalls(TimeProvider time, GatewayTurn? gateways = null, Action<string>? waiting = null)
{
    /// <summary>How long one call of a client waits for its answer. A call over a silo that hangs costs this much.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>For answers of at most some megabytes.</summary>
    public RepeatedCall Small { get; } = new(time, TimeSpan.FromMinutes(2), gateways, waiting);
}
