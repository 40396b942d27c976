using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Finds out whether a port takes only TLS.</summary>
internal static class TlsProbe
{
    private const byte Alert = 21;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);
    // No record of TLS, and no first message of Orleans either.
    private static readonly byte[] s_plain = [0, 0, 0, 0];

    /// <summary>Whether the server behind a port answers plain bytes with an alert of TLS, as <see cref="InboundConnections"/> does.</summary>
    /// <param name="endpoint">Address and port.</param>
    public static async Task<bool> WantsTls(EndPoint? endpoint)
    {
        if (endpoint is null) return false;
        using var timeout = new CancellationTokenSource(s_timeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, timeout.Token);
            await socket.SendAsync(s_plain, timeout.Token);
            var answer = new byte[1];
            return await socket.ReceiveAsync(answer, timeout.Token) == 1 && answer[0] == Alert;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
