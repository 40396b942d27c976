using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Compute.Data;

namespace MoeOrleans.Silo;

/// <summary>
/// Signals: the first stops the silo in order, the second ends it at once. Ctrl+C in a terminal reaches every process started from it:
/// a child leaves it to its parent.
/// </summary>
/// <param name="launch">Who started the silo.</param>
/// <param name="dataFolder">Folder of its data sets; a child's is its parent's, and goes with it.</param>
/// <param name="application">What is to be stopped.</param>
internal sealed partial class SiloLifetime(Launch launch, string? dataFolder, IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _asked;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        if (launch == Launch.Detached && !OperatingSystem.IsWindows()) _ = SetSessionId();
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, launch == Launch.Standalone ? Stop : Ignore));
        if (launch != Launch.Standalone) _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore));
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
        if (Interlocked.Exchange(ref _asked, 1) == 1) Environment.Exit(1);
        application.StopApplication();
    }

    // The parent holds the other end of standard input; the system closes it however the parent ends.
    private async Task EndWithParent()
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (await input.ReadAsync(buffer) > 0)
        {
        }

        // A parent that was killed cannot.
        if (dataFolder is not null) new SharedData(dataFolder).Clear();
        // Its cluster ends as a whole: there is nobody to say goodbye to.
        Environment.Exit(0);
    }

    // A session of its own has no terminal.
    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSessionId();
}
