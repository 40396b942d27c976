using System.Diagnostics;

namespace MoeOrleans.Hosting.Processes;

/// <summary>
/// A silo process that ends with this process, however this process ends: the standard input of the silo is a pipe from this process, and
/// the silo ends when the pipe is closed.
/// </summary>
internal sealed class ChildSilo : IAsyncDisposable
{
    private const int LinesKept = 50;

    // Enough for a loaded machine.
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Queue<string> _log = new();
    private readonly Task _logRead;

    private ChildSilo(SiloProcessOptions options, TimeProvider time)
    {
        (Options, _time) = (options, time);
        var start = SiloProgram.Start(options, "--child");
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = Process.Start(start)!;
        _logRead = ReadLog();
    }

    public SiloProcessOptions Options { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts a silo and waits until it is a member of its cluster.</summary>
    /// <exception cref="SiloStartException">The silo ended, or was not ready after 60 seconds.</exception>
    public static async Task<ChildSilo> Start(SiloProcessOptions options, TimeProvider time, CancellationToken cancelled)
    {
        var silo = new ChildSilo(options, time);
        try
        {
            await silo.WaitUntilReady(cancelled);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> Ended()
    {
        await _process.WaitForExitAsync();
        await _logRead;
        lock (_log) return SiloLog.Reason(_log) ?? $"its process ended with code {_process.ExitCode}";
    }

    /// <summary>Ends the process.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(s_endTimeout, _time);
        await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _logRead;
        _process.Dispose();
    }

    private async Task WaitUntilReady(CancellationToken cancelled)
    {
        using var timeout = new CancellationTokenSource(s_startTimeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancelled);
        try
        {
            // With --child, moe-silo writes one line there, when it is ready.
            if (await _process.StandardOutput.ReadLineAsync(ended.Token) is not null) return;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            throw new SiloStartException($"silo {Options.Name} was not ready after {s_startTimeout.TotalSeconds:0} s", isPortInUse: false);
        }

        var reason = await Ended().WaitAsync(cancelled);
        throw new SiloStartException($"silo {Options.Name} did not start: {reason}", _process.ExitCode == SiloExitCode.PortInUse);
    }

    // The silo would wait for a reader once the pipe is full.
    private async Task ReadLog()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_log)
            {
                _log.Enqueue(line);
                if (_log.Count > LinesKept) _log.Dequeue();
            }
        }
    }
}
