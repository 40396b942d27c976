using System.Runtime.InteropServices;
using MoeOrleans.Cli.CommandLine;

namespace MoeOrleans.Cli.Training;

/// <summary>Ctrl+C, SIGTERM and the end of the terminal: the first cancels the token, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() =>
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Receive))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Cancelled if the first signal is Ctrl+C: the user is there.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled if the first signal is another one: a supervisor ends the command, or the terminal is closed.</summary>
    public CancellationToken Leave => _leave.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        foreach (var source in (CancellationTokenSource[])[_source, _stop, _leave]) source.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            // A live view hides the cursor.
            if (!Console.IsErrorRedirected) Console.Error.Write("\e[?25h");
            Environment.Exit(ExitCode.Interrupted);
        }

        _source.Cancel();
        (context.Signal == PosixSignal.SIGINT ? _stop : _leave).Cancel();
    }
}
