using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MoeOrleans.Cli.Tests;

/// <summary>The real command in a process of its own, with a time limit.</summary>
internal sealed class MoeProcess : IDisposable
{
    // A loaded machine with one core takes its time; a hang takes for ever.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>A run of well under a second that has several blocks.</summary>
    public static readonly string[] SmallRun =
        ["train", "--set", "data.train=2000", "--set", "data.test=500", "--set", "training.block=64", "--steps", "10"];

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _errorsRead;

    private MoeProcess(Workspace workspace, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "moe.dll"), .. arguments])
        {
            WorkingDirectory = workspace.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errorsRead = ReadErrors();
    }

    /// <summary>Starts the command.</summary>
    public static MoeProcess Start(Workspace workspace, params string[] arguments) => new(workspace, arguments);

    /// <summary>Runs the command to its end.</summary>
    public static async Task<MoeResult> Run(Workspace workspace, params string[] arguments)
    {
        using var process = Start(workspace, arguments);
        return await process.End();
    }

    /// <summary>Runs <see cref="SmallRun"/> with more options.</summary>
    public static Task<MoeResult> Train(Workspace workspace, params string[] arguments) => Run(workspace, [.. SmallRun, .. arguments]);

    /// <summary>Waits for a line on standard error.</summary>
    public async Task WaitForError(string text)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (!_errors.Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            _process.HasExited.ShouldBeFalse($"ended before '{text}': {string.Join('\n', _errors)}");
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Sends a signal by the system's own command.</summary>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the command's end.</summary>
    public async Task<MoeResult> End()
    {
        using var limit = new CancellationTokenSource(s_limit);
        await _process.WaitForExitAsync(limit.Token);
        await _errorsRead;
        return new MoeResult(_process.ExitCode, await _output, [.. _errors]);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task ReadErrors()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line) _errors.Enqueue(line);
    }
}
