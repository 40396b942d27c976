using System.Diagnostics;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>
/// A silo in a process of its own that ends with this one: it holds a pipe from here as its standard input, and ends when the pipe
/// does, however this process ends.
/// </summary>
internal sealed class ChildSilo : IAsyncDisposable
{
    private const int LinesKept = 50;

    // A loaded machine takes its time.
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly Queue<string> _log = new();
    private readonly Task _logRead;

    private ChildSilo(SiloSetup setup)
    {
        Setup = setup;
        var start = SiloProgram.Start(["--child", .. setup.Arguments]);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = Process.Start(start)!;
        _logRead = ReadLog();
    }

    /// <summary>How it was set up.</summary>
    public SiloSetup Setup { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts a silo, and ends when it is one of the cluster.</summary>
    /// <param name="setup">How it is set up.</param>
    /// <param name="cancelled">Gives up.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message is its own line.</exception>
    public static async Task<ChildSilo> Start(SiloSetup setup, CancellationToken cancelled)
    {
        var silo = new ChildSilo(setup);
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

    /// <summary>Ends when the process has ended.</summary>
    public Task Ended() => _process.WaitForExitAsync();

    /// <summary>Why it ended, in its own words where it had any.</summary>
    public async Task<string> LastWords()
    {
        await _logRead;
        lock (_log)
        {
            const string Prefix = "moe-silo: ";
            return _log.LastOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal)) is { } line ? line[Prefix.Length..] : $"its process ended with code {_process.ExitCode}";
        }
    }

    /// <summary>Takes it down.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_endLimit);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _logRead;
        _process.Dispose();
    }

    private async Task WaitUntilReady(CancellationToken cancelled)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(s_startLimit);
        try
        {
            if (await _process.StandardOutput.ReadLineAsync(limit.Token) is not null) return;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            throw new InvalidOperationException($"silo {Setup.Name} was not ready after {s_startLimit.TotalSeconds:0} s");
        }

        await _process.WaitForExitAsync(cancelled);
        throw new InvalidOperationException($"silo {Setup.Name} did not start: {await LastWords()}");
    }

    // It has to be read, or the silo would wait when the pipe is full.
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
