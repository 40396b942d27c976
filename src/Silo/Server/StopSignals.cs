using System.Runtime.InteropServices;

namespace MoeOrleans.Silo.Server;

/// <summary>
/// The signals that end a silo while it waits and there is no host yet, which handles them later. The first process of a container gets
/// only signals that it handles.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _received = new();
    private readonly PosixSignalRegistration[] _signals;

    public StopSignals() => _signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Receive))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _received.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _received.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        _received.Cancel();
    }
}
