using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Cluster.Tests.Ports;

/// <summary>Forwards connections to a port, and keeps the first bytes that each of them sends there.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private const int MaxRecorded = 1_000_000;

    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<MemoryStream> _recorded = new();
    private readonly Task _accept;

    /// <param name="from">Where it listens.</param>
    /// <param name="target">Where it forwards to.</param>
    public RecordingProxy(IPEndPoint from, IPEndPoint target)
    {
        (_listener, _target) = (new TcpListener(from), target);
        _listener.Start();
        _accept = Accept();
    }

    /// <summary>What the connections have sent so far.</summary>
    public IReadOnlyList<byte[]> Recorded => [.. _recorded.Select(Bytes).Where(bytes => bytes.Length > 0)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accept;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(Forward(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Forward(TcpClient client)
    {
        using var caller = client;
        using var server = new TcpClient { NoDelay = true };
        caller.NoDelay = true;
        try
        {
            await server.ConnectAsync(_target, _stop.Token);
            var recorded = new MemoryStream();
            _recorded.Enqueue(recorded);
            // The end of one direction ends the connection, as a silo closes both at once.
            await await Task.WhenAny(Copy(caller, server, recorded), Copy(server, caller, null));
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller sees a closed connection.
        }
    }

    private async Task Copy(TcpClient from, TcpClient to, MemoryStream? recorded)
    {
        var (source, target) = (from.GetStream(), to.GetStream());
        var buffer = new byte[65536];
        while (await source.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (recorded is not null)
            {
                lock (recorded) recorded.Write(buffer, 0, (int)Math.Min(count, MaxRecorded - recorded.Length));
            }

            await target.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private static byte[] Bytes(MemoryStream stream)
    {
        lock (stream) return stream.ToArray();
    }
}
