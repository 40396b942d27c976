using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MoeOrleans.Tests;

/// <summary>Connections by TLS to the ports of silos, without Orleans.</summary>
internal static class RawTls
{
    /// <summary>A gateway says nothing to a client that it lets in.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(10);

    /// <summary>Connects, and asks whether the silo lets the connection in: it then waits for the first message.</summary>
    /// <param name="endpoint">The port.</param>
    /// <param name="certificate">With which certificate; null for none.</param>
    /// <param name="wait">How long the silo may take to close the connection.</param>
    /// <param name="protocol">The application's protocol; Orleans' by default.</param>
    /// <returns>Whether it was let in, and the number of the silo's certificate.</returns>
    public static async Task<(bool IsIn, string? Serial)> Connect(IPEndPoint endpoint, X509Certificate2? certificate, TimeSpan? wait = null, string protocol = "Orleans1")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        string? serial = null;
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => (serial = shown?.GetSerialNumberString()) is not null);
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "moe-silo",
                    ApplicationProtocols = [new SslApplicationProtocol(protocol)],
                    ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                },
                TestContext.Current.CancellationToken);
            using var patience = new CancellationTokenSource(wait ?? s_wait);
            return (await IsOpen(stream, patience.Token), serial);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            return (false, serial);
        }
    }

    // A silo port that has let a connection in sends its own first message at once; a gateway waits. Both keep the connection open.
    private static async Task<bool> IsOpen(SslStream stream, CancellationToken patience)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], patience) > 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
