using System.Net;
using System.Net.Sockets;
using MoeOrleans.Coordinator;

namespace MoeOrleans.Cluster.Tests.Ports;

/// <summary>Sends random bytes, and damaged frames of real traffic, to a port.</summary>
/// <param name="port">The port.</param>
/// <param name="recorded">Connections of real traffic to it.</param>
internal sealed class PortFuzzer(IPEndPoint port, IReadOnlyList<Frames> recorded)
{
    private const int MaxFrames = 20;
    private const int Callers = 2;
    private const int OpenConnections = 1000;

    // A connection that is closed at once may be gone before the silo has read anything.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);
    private static readonly PortInput[] s_sorts = Enum.GetValues<PortInput>();
    private static readonly int[] s_lengths =
        [-1, 0, 1, 1023, 65_536, LargestMessage.Limit - 1, LargestMessage.Limit, LargestMessage.Limit + 1, 1 << 30, int.MaxValue, int.MinValue];

    private long _connections;
    private long _bytes;

    /// <summary>What was done, for a report.</summary>
    public string Report => $"{Interlocked.Read(ref _connections)} connections, {Interlocked.Read(ref _bytes) / 1e6:0.0} MB";

    /// <summary>Sends for so long.</summary>
    public async Task Run(TimeSpan time, int seed)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(time);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => Call(new Random(seed + caller), stop.Token))));
    }

    /// <summary>Announces a message on one connection and sends all but its end, or as much of it as the silo reads.</summary>
    /// <param name="length">Bytes of the message.</param>
    /// <param name="memory">Measures the memory of the silo.</param>
    /// <returns>The most memory of the silo meanwhile.</returns>
    public async Task<long> SendLarge(int length, Func<long> memory)
    {
        using var socket = await Connect();
        var piece = new byte[1 << 20];
        var most = 0L;
        await TrySend(socket, recorded[0].Preamble, CancellationToken.None);
        await TrySend(socket, Frames.Announce(100, length), CancellationToken.None);
        // The last piece is never sent, so the silo has to keep the others.
        for (var sent = piece.Length; sent < length; sent += piece.Length)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            if (!await TrySend(socket, piece, limit.Token)) break;
            most = Math.Max(most, memory());
        }

        await Task.Delay(500, TestContext.Current.CancellationToken);
        return Math.Max(most, memory());
    }

    /// <summary>Opens many connections that send little or nothing, and closes them.</summary>
    /// <param name="whileOpen">Called while all are open.</param>
    public async Task OpenMany(Func<Task> whileOpen)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < OpenConnections; i++)
            {
                sockets.Add(await Connect());
                // A third sends nothing, a third half a preamble, a third a preamble and half a frame.
                if (i % 3 == 0) continue;
                byte[] bytes = i % 3 == 1 ? recorded[0].Preamble[..6] : [.. recorded[0].Preamble, .. Frames.Announce(50, LargestMessage.Limit)];
                await TrySend(sockets[i], bytes, CancellationToken.None);
            }

            await whileOpen();
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    private async Task Call(Random random, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                using var socket = await Connect();
                foreach (var piece in Pieces(random))
                {
                    if (!await TrySend(socket, piece, stop)) break;
                }

                await Task.Delay(s_pause, stop);
                // Every other connection ends with a reset.
                if (random.Next(2) == 0) socket.LingerState = new LingerOption(true, 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    /// <summary>Sends a call of a grain once for each bit of its flags, with that bit changed.</summary>
    public async Task SendChangedFlags()
    {
        var (connection, call) = recorded.SelectMany(connection => connection.Messages.Select(frame => (connection, frame))).First(sent => !Frames.IsOfOrleans(sent.frame));
        foreach (var altered in Frames.WithChangedFlags(call))
        {
            using var socket = await Connect();
            await TrySend(socket, [.. connection.Preamble, .. altered], TestContext.Current.CancellationToken);
            await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        }
    }

    private IEnumerable<byte[]> Pieces(Random random)
    {
        var sort = s_sorts[random.Next(s_sorts.Length)];
        var connection = recorded[random.Next(recorded.Count)];
        var frames = sort switch
        {
            PortInput.GrainCalls => [.. connection.Messages.Where(frame => !Frames.IsOfOrleans(frame))],
            PortInput.OrleansCalls => [.. connection.Messages.Where(Frames.IsOfOrleans)],
            _ => connection.Messages,
        };
        switch (sort)
        {
            case PortInput.Noise:
                if (random.Next(2) == 0) yield return connection.Preamble;
                yield return Noise(random, random.Next(1, 5000));
                break;
            case PortInput.Preambles:
                yield return Altered(connection.Preamble, random);
                break;
            case PortInput.Lengths:
                yield return connection.Preamble;
                yield return Frames.Announce(s_lengths[random.Next(s_lengths.Length)], s_lengths[random.Next(s_lengths.Length)]);
                yield return Noise(random, random.Next(1, 100_000));
                break;
            case PortInput.Cut:
                yield return connection.Preamble;
                yield return Frame()[..^1];
                break;
            case PortInput.GrainCalls or PortInput.OrleansCalls when random.Next(4) == 0:
                // Byte by byte.
                foreach (var value in connection.Preamble.Concat(Altered(Frame(), random)).Take(500)) yield return [value];
                break;
            default:
                yield return connection.Preamble;
                for (var count = random.Next(1, MaxFrames); count > 0; count--)
                {
                    yield return random.Next(4) == 0 ? Frame() : Altered(Frame(), random);
                }

                break;
        }

        byte[] Frame() => frames.Count == 0 ? Noise(random, 100) : frames[random.Next(frames.Count)];
    }

    private static byte[] Altered(byte[] frame, Random random)
    {
        var altered = (byte[])frame.Clone();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(altered.Length);
            altered[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(altered[at] ^ (1 << random.Next(8)));
        }

        // Most keep their lengths, and so get past the first check.
        if (frame.Length > 8 && random.Next(4) > 0) frame.AsSpan(0, 8).CopyTo(altered);
        var cut = random.Next(1, altered.Length + 1);
        return random.Next(6) switch
        {
            0 => altered[..cut],
            1 => [.. altered[..cut], .. frame],
            2 => [.. altered, .. altered],
            _ => altered,
        };
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task<Socket> Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(port);
        Interlocked.Increment(ref _connections);
        return socket;
    }

    // The silo may close the connection at any time, or stop reading.
    private async Task<bool> TrySend(Socket socket, byte[] bytes, CancellationToken stop)
    {
        try
        {
            await socket.SendAsync(bytes, stop);
            Interlocked.Add(ref _bytes, bytes.Length);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
