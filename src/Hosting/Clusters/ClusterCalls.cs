using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>
/// How a client calls a cluster. Calls fail for some seconds if the cluster loses the gateway or the silo of the grain, so they are repeated.
/// A call that failed may have taken effect: only calls that may take effect twice are made this way.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ClusterCalls(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>For answers of at most some megabytes.</summary>
    public RetryPolicy Small { get; } = new(time)
    {
        FirstPause = s_pause,
        LongestPause = s_pause,
        Deadline = TimeSpan.FromSeconds(30),
        IsTransient = failure => failure is OrleansException or TimeoutException,
    };

    /// <summary>For answers of gigabytes, which one call may take minutes to send.</summary>
    public RetryPolicy Large => Small with { Deadline = TimeSpan.FromMinutes(10) };
}
