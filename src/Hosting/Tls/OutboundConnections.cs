using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;
using Orleans.Runtime.Messaging;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Secures connections to silos, and says why one is not made.</summary>
/// <param name="tls">The certificates of this program; null without TLS.</param>
/// <param name="read">Reads them.</param>
/// <param name="refused">Receives where no connection was made, and why, if certificates or the lack of them are the reason.</param>
/// <param name="protocol">What the connection is for; null for Orleans' messages.</param>
internal sealed class OutboundConnections(TlsFolder? tls, Func<TlsFolder, TlsIdentity> read, Action<EndPoint?, string> refused, SslApplicationProtocol? protocol = null)
    : IConnectionMiddleware
{
    /// <summary>Why a silo lets in no program without TLS.</summary>
    public const string WantsTls = "it takes TLS alone; name a folder with certificates by --tls-folder DIR";

    private const string Refused = "it closed the connection, as a silo does that refuses this program's certificate; its log says why";

    public Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next) => tls is null ? Plain(context, next) : Secure(tls, context, next);

    private async Task Plain(ConnectionContext context, ConnectionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception)
        {
            // It fails if the peers do not understand each other's first message.
            if (await TlsProbe.WantsTls(context.RemoteEndPoint)) refused(context.RemoteEndPoint, WantsTls);
            throw;
        }
    }

    private async Task Secure(TlsFolder folder, ConnectionContext context, ConnectionDelegate next)
    {
        var identity = read(folder);
        var (failure, begun) = (new HandshakeFailure(), folder.Now);
        var (refusal, hasCertificate, isDone) = ((string?)null, false, false);
        var options = new TlsOptions
        {
            LocalCertificate = identity.Certificate,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (certificate, chain, _) =>
            {
                hasCertificate = true;
                return (refusal = chain is null ? "was not checked" : PeerCheck.Refusal(certificate, chain, TlsRole.Silo.Names, folder.Now)) is null;
            },
            OnAuthenticateAsClient = (_, client) =>
            {
                var ssl = (SslClientAuthenticationOptions)client.SslClientAuthenticationOptions;
                ssl.TargetHost = TlsRole.SiloName;
                ssl.ClientCertificateContext = identity.Context;
                ssl.CertificateChainPolicy = identity.Policy(TlsRole.ServerPurpose, folder.Now);
                (ssl.AllowTlsResume, ssl.AllowRenegotiation) = (false, false);
                if (protocol is { } other) ssl.ApplicationProtocols = [other];
            },
        };
        var connection = new ConnectionBuilder(failure);
        connection.UseClientTls(options);
        connection.Run(secured =>
        {
            isDone = true;
            return next(secured);
        });
        try
        {
            await connection.Build()(context);
        }
        catch (Exception early) when (isDone)
        {
            // By TLS 1.3 a silo sees this program's certificate after the handshake. A silo that refuses it closes the connection.
            if (!IsOtherCluster(early)) refused(context.RemoteEndPoint, Refused);
            throw;
        }

        if (!isDone) refused(context.RemoteEndPoint, refusal is not null ? $"its certificate {refusal}; {TlsFiles.AuthoritiesName} in --tls-folder has the authorities" : Reason(failure.Exception, hasCertificate, folder.Now - begun >= options.HandshakeTimeout));
    }

    // Orleans' own words.
    private static bool IsOtherCluster(Exception failure) => failure.Message.Contains("cluster id", StringComparison.Ordinal);

    private static string Reason(Exception? failure, bool hasCertificate, bool isLate) => failure switch
    {
        // A connection that the silo closes cancels the handshake too.
        OperationCanceledException when isLate => "it did not finish the TLS handshake in time",
        _ when hasCertificate => Refused,
        AuthenticationException { InnerException: { } inner } => $"the TLS handshake failed: {inner.GetBaseException().Message.ReplaceLineEndings(" ")}",
        _ => "it does not use TLS; leave out --tls-folder, or give it to the silos too",
    };
}
