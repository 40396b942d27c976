using System.Buffers;
using System.IO.Pipelines;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Tells what a peer speaks by its first bytes, which stay to be read.</summary>
internal static class FirstBytes
{
    // A peer begins at once.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    // A record of a handshake, of version 3.x.
    private const byte Handshake = 22;
    private const byte Version = 3;

    /// <summary>Waits for the first bytes.</summary>
    /// <param name="input">What the peer sends.</param>
    /// <param name="time">The clock.</param>
    public static async Task<Speech> Read(PipeReader input, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(s_timeout, time);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(timeout.Token);
                var speech = read.IsCanceled ? Speech.None : Of(read.Buffer, read.IsCompleted);
                input.AdvanceTo(read.Buffer.Start, speech is null ? read.Buffer.End : read.Buffer.Start);
                if (speech is { } known) return known;
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            return Speech.None;
        }
    }

    private static Speech? Of(ReadOnlySequence<byte> bytes, bool isCompleted)
    {
        if (bytes.Length < 2 && !isCompleted) return null;
        if (bytes.IsEmpty) return Speech.None;
        Span<byte> first = stackalloc byte[2];
        bytes.Slice(0, Math.Min(2, bytes.Length)).CopyTo(first);
        return first[0] == Handshake && first[1] == Version ? Speech.Tls : Speech.Plain;
    }
}

/// <summary>What a peer speaks.</summary>
internal enum Speech
{
    /// <summary>Nothing: it closed the connection, or waits. Programs look so whether a port is open.</summary>
    None,

    /// <summary>TLS.</summary>
    Tls,

    /// <summary>Anything else.</summary>
    Plain,
}
