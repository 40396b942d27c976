using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;
using Orleans.Runtime.Messaging;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Lets peers in at a port of a silo, or refuses them with a line in the log.</summary>
/// <param name="tls">The silo's certificates; null without TLS.</param>
/// <param name="port">What the port is for.</param>
/// <param name="names">DNS names, of which a peer's certificate must have one.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class InboundConnections(TlsFolder? tls, string port, IReadOnlyList<string> names, ConnectionLog log, TimeProvider time) : IConnectionMiddleware
{
    // A TLS record with the alert "protocol version". A peer without TLS recognises TLS by its first byte (TlsProbe).
    private static readonly byte[] s_alert = [21, 3, 3, 0, 2, 2, 70];

    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(1);

    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        switch (await FirstBytes.Read(context.Transport.Input, time))
        {
            case Speech.None:
                break;
            case Speech.Tls when tls is null:
                log.Refused(port, context.RemoteEndPoint, "it uses TLS, and this silo has no --tls-folder");
                break;
            case Speech.Plain when tls is not null:
                log.Refused(port, context.RemoteEndPoint, "it does not use TLS; silos and clients of this cluster need --tls-folder");
                await Alert(context);
                break;
            case Speech.Plain:
                await next(context);
                break;
            default:
                await Handshake(tls!.Read(log.Renewed, log.Faulty), context, next);
                break;
        }
    }

    private async Task Handshake(TlsIdentity identity, ConnectionContext context, ConnectionDelegate next)
    {
        var (failure, begun) = (new HandshakeFailure(), time.GetTimestamp());
        var (refusal, isDone) = ((string?)null, false);
        var options = new TlsOptions
        {
            LocalCertificate = identity.Certificate,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (certificate, chain, _) => (refusal = chain is null ? "was not checked" : PeerCheck.Refusal(certificate, chain, names, time.GetUtcNow())) is null,
            OnAuthenticateAsServer = (_, server) =>
            {
                var ssl = (SslServerAuthenticationOptions)server.SslServerAuthenticationOptions;
                (ssl.ServerCertificateSelectionCallback, ssl.ServerCertificateContext) = (null, identity.Context);
                ssl.CertificateChainPolicy = identity.Policy(TlsRole.ClientPurpose, time.GetUtcNow());
                // A resumed session would be one with a certificate that was checked earlier.
                (ssl.AllowTlsResume, ssl.AllowRenegotiation) = (false, false);
                JoinProbe.Accept(ssl);
            },
        };
        var connection = new ConnectionBuilder(failure);
        connection.UseServerTls(options);
        connection.Run(async secured =>
        {
            isDone = true;
            if (!await JoinProbe.Answer(secured)) await next(secured);
        });
        await connection.Build()(context);
        if (!isDone) log.Refused(port, context.RemoteEndPoint, refusal is not null ? $"its certificate {refusal}" : Reason(failure.Exception, time.GetElapsedTime(begun) >= options.HandshakeTimeout));
    }

    private static string Reason(Exception? failure, bool isLate) => failure switch
    {
        // The check of the certificate is not called if there is none.
        AuthenticationException { InnerException: null } => "it has no certificate",
        OperationCanceledException when isLate => "it did not finish the TLS handshake in time",
        // A connection that the peer closes cancels the handshake.
        OperationCanceledException or IOException => "it ended the TLS handshake; perhaps it refuses this silo's certificate",
        _ => $"the TLS handshake failed: {(failure?.GetBaseException().Message ?? "no reason is known").ReplaceLineEndings(" ")}",
    };

    private static async Task Alert(ConnectionContext context)
    {
        try
        {
            await context.Transport.Output.WriteAsync(s_alert);
            await context.Transport.Output.CompleteAsync();
        }
        catch (IOException)
        {
            return;
        }

        await Linger.UntilClosed(context.Transport.Input, s_linger);
    }
}
