using System.Runtime.InteropServices;
using MoeOrleans.Cli.CommandLine;

namespace MoeOrleans.Cli.Training;

/// <summary>Ctrl+C and SIGTERM: the first asks the run to end after its step, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() =>
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _asked.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _asked.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_asked.IsCancellationRequested)
        {
            // A live view hides the cursor.
            if (!Console.IsErrorRedirected) Console.Error.Write("\e[?25h");
            Environment.Exit(ExitCode.Interrupted);
        }

        _asked.Cancel();
    }
}
