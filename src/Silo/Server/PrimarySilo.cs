using System.Net;
using System.Net.Sockets;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Silo.Server;

/// <summary>The first silo of a cluster, which lists the others.</summary>
internal static class PrimarySilo
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(8);

    /// <summary>Waits until the silo accepts connections. Orleans would wait much longer, and would not say for what.</summary>
    /// <param name="primary">Its silo endpoint.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isRepeated">Whether the caller repeats this: then it is one attempt.</param>
    /// <exception cref="ClusterUnavailableException">The silo accepts no connection within 8 seconds.</exception>
    public static async Task WaitFor(IPEndPoint primary, TimeProvider time, bool isRepeated)
    {
        var retry = new RetryPolicy(time)
        {
            FirstPause = s_pause,
            LongestPause = s_pause,
            Deadline = s_deadline,
            AttemptLimit = isRepeated ? 1 : int.MaxValue,
            IsTransient = failure => failure is SocketException,
        };
        try
        {
            await retry.Run(async token =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(primary, token);
            });
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            throw new ClusterUnavailableException($"--primary: no silo answers at {primary}; start the first silo, or give its address");
        }
    }
}
