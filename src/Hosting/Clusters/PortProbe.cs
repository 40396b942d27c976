using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Finds out whether a port accepts connections.</summary>
internal static class PortProbe
{
    // An open port answers at once.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <summary>Connects to a port and closes the connection.</summary>
    /// <param name="endpoint">The address or host, and the port.</param>
    /// <param name="cancelled">Ends the attempt with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Success; why the connection failed; or TimedOut after 3 seconds.</returns>
    public static async Task<SocketError> Connect(EndPoint endpoint, CancellationToken cancelled = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        timeout.CancelAfter(s_timeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, timeout.Token);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return SocketError.TimedOut;
        }
    }
}
