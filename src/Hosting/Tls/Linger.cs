using System.IO.Pipelines;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Keeps a connection open after its last bytes: a silo that closes first could discard them.</summary>
internal static class Linger
{
    /// <summary>Waits until the peer has closed the connection.</summary>
    /// <param name="input">What the peer sends; it is thrown away.</param>
    /// <param name="limit">How long at most.</param>
    public static async Task UntilClosed(PipeReader input, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            while (await input.ReadAsync(patience.Token) is { IsCompleted: false, IsCanceled: false } read) input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The peer has gone, or waits.
        }
    }
}
