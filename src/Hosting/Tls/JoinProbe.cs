using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using MoeOrleans.Hosting.Membership;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace MoeOrleans.Hosting.Tls;

/// <summary>
/// Asks the silos of the cluster's list whether they would let this one in, before Orleans adds it to the list. Otherwise they would find a
/// member that cannot be reached, and declare it dead.
/// </summary>
/// <param name="self">This silo.</param>
/// <param name="table">The list.</param>
/// <param name="membership">The settings of the list.</param>
/// <param name="tls">This silo's certificates; null without TLS.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class JoinProbe(
    ILocalSiloDetails self, IMembershipTable table, IOptions<ClusterMembershipOptions> membership, TlsFolder? tls, ConnectionLog log, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // By TLS 1.3 a silo checks a certificate after the handshake. Who asks by this protocol gets a byte once it is let in.
    private static readonly SslApplicationProtocol s_protocol = new("moe-join-probe");

    private const int Attempts = 3;

    // In a large cluster a few silos are enough to tell.
    private const int Asked = 5;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Makes a silo that is asked by this protocol answer.</summary>
    /// <param name="server">How it authenticates as a server.</param>
    public static void Accept(SslServerAuthenticationOptions server) => server.ApplicationProtocols = [.. server.ApplicationProtocols ?? [], s_protocol];

    /// <summary>Answers a silo that was let in, if it asks.</summary>
    /// <param name="secured">The connection.</param>
    /// <returns>Whether it did: then the connection serves nothing else.</returns>
    public static async Task<bool> Answer(ConnectionContext secured)
    {
        if (secured.Features.Get<ITlsApplicationProtocolFeature>() is not { } feature || !feature.ApplicationProtocol.Span.SequenceEqual(s_protocol.Protocol.Span)) return false;
        await secured.Transport.Output.WriteAsync(new byte[1]);
        await Linger.UntilClosed(secured.Transport.Input, s_timeout);
        return true;
    }

    // Before this silo waits for its name or its turn.
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(JoinProbe), ServiceLifecycleStage.RuntimeGrainServices - 3, Check);

    private async Task Check(CancellationToken cancelled)
    {
        // A silo that is about to end closes connections too. A moment later the list does not name it any more.
        for (var attempt = 1; await Refusal(cancelled) is { } refusal; attempt++)
        {
            if (attempt == Attempts) throw new ConfigurationException(refusal);
            await Task.Delay(s_pause, time, cancelled);
        }
    }

    /// <summary>Why no silo of the list lets this one in; null if one does, or none says anything.</summary>
    private async Task<string?> Refusal(CancellationToken cancelled)
    {
        string? refused = null;
        await foreach (var asked in Task.WhenEach((await Members(cancelled)).Select(silo => Ask(silo, cancelled))))
        {
            var (silo, isIn, refusal) = await asked;
            if (isIn) return null;
            if (refusal is not null) refused = JoinRefusal.Line(silo, refusal);
        }

        return refused;
    }

    private async Task<ImmutableArray<IPEndPoint>> Members(CancellationToken cancelled)
    {
        try
        {
            await table.InitializeMembershipTableAsync(true, cancelled);
            var silos = await table.ReadAllAsync(cancelled);
            return
            [
                .. silos.Members.Select(member => member.Item1)
                    .Where(entry => entry.Status == SiloStatus.Active && !entry.IsOld(membership.Value, time) && !entry.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint))
                    .OrderByDescending(entry => entry.IAmAliveTime).Take(Asked).Select(entry => entry.SiloAddress.Endpoint),
            ];
        }
#pragma warning disable CA1031 // Each kind of list fails in its own way. Orleans reads it next, and says so.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    private async Task<(IPEndPoint Silo, bool IsIn, string? Refusal)> Ask(IPEndPoint silo, CancellationToken cancelled)
    {
        if (tls is null) return await TlsProbe.WantsTls(silo) ? (silo, false, OutboundConnections.WantsTls) : (silo, false, null);
        var (isIn, refusal) = (false, (string?)null);
        using var limit = new CancellationTokenSource(s_timeout, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancelled);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo, ended.Token);
            await using var stream = new NetworkStream(socket);
            var connection = new DefaultConnectionContext { Transport = new StreamPipe(stream), RemoteEndPoint = silo };
            var secure = new OutboundConnections(tls, folder => folder.Read(log.Renewed, log.Faulty), (_, reason) => refusal = reason, s_protocol);
            await secure.OnConnectionAsync(connection, async secured => isIn = await IsAnswered(secured.Transport.Input, ended.Token));
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // Closed after the handshake: the silo refuses this one. Not connected at all: it may be lost.
        }

        cancelled.ThrowIfCancellationRequested();
        return (silo, isIn, refusal);
    }

    /// <summary>Whether the answer comes; false if the silo says nothing.</summary>
    /// <exception cref="IOException">It closed the connection.</exception>
    private static async Task<bool> IsAnswered(PipeReader input, CancellationToken ended)
    {
        try
        {
            return (await input.ReadAsync(ended)).Buffer.IsEmpty ? throw new IOException("The connection was closed.") : true;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return false;
        }
    }
    private sealed class StreamPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
