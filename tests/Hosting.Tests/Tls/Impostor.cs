using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MoeOrleans.Hosting.Tests.Tls;

/// <summary>A server that has a certificate, but not a silo's.</summary>
internal sealed class Impostor : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Impostor(X509Certificate2 certificate)
    {
        _listener.Start();
        _ = Serve(certificate);
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose() => _listener.Dispose();

    private async Task Serve(X509Certificate2 certificate)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(client.GetStream());
                try
                {
                    await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                        ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
                    });
                    await stream.ReadExactlyAsync(new byte[1]);
                }
                catch (Exception failure) when (failure is AuthenticationException or IOException)
                {
                    // The next one.
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
