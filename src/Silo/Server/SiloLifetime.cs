using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Silo.Server;

/// <summary>
/// Handles signals: the first stops the silo in order, the second ends the process at once. Ctrl+C in a terminal reaches every process
/// started from it; a child ignores it, because its parent decides.
/// </summary>
/// <param name="launch">Who started the silo.</param>
/// <param name="dataFolder">Folder of its data sets; the folder of a child belongs to its parent, and ends with it.</param>
/// <param name="flush">Exports the traces and metrics that are waiting.</param>
/// <param name="application">Stops the silo.</param>
internal sealed partial class SiloLifetime(Launch launch, string? dataFolder, Action flush, IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _signalsReceived;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        if (launch == Launch.Detached && !OperatingSystem.IsWindows()) _ = SetSessionId();
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, launch == Launch.Standalone ? Stop : Ignore));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, launch == Launch.Standalone ? Stop : Ignore));
        if (launch == Launch.Child) _ = EndWithParent();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
    }

    private static void Ignore(PosixSignalContext context) => context.Cancel = true;

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _signalsReceived, 1) == 1) Environment.Exit(1);
        application.StopApplication();
    }

    // The parent has the other end of standard input; the system closes it however the parent ends.
    private async Task EndWithParent()
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (await input.ReadAsync(buffer) > 0)
        {
        }

        // A parent that was killed could not delete the folder.
        if (dataFolder is not null) new SharedData(dataFolder).Clear();
        flush();
        // The whole cluster ends: no other silo needs to know.
        Environment.Exit(SiloExitCode.Done);
    }

    // A new session has no terminal.
    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSessionId();
}
