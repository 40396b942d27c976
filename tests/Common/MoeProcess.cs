using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Tests;

/// <summary>The real command, or a real silo, in a process of its own, with a time limit.</summary>
internal sealed class MoeProcess : IDisposable
{
    // A loaded machine with one core takes its time; a hang takes for ever.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>A run of well under a second that has several blocks.</summary>
    public static readonly string[] SmallRun =
        ["train", "--set", "data.train=2000", "--set", "data.test=500", "--set", "training.block=64", "--steps", "10"];

    /// <summary><see cref="SmallRun"/>, but it goes on until it is ended.</summary>
    public static readonly string[] EndlessRun = [.. SmallRun[..^1], "1000000", "--set", "training.stop.enabled=false"];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _read;

    private MoeProcess(Workspace workspace, string program, IEnumerable<KeyValuePair<string, string>> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), .. arguments])
        {
            WorkingDirectory = workspace.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Profiles make a long run faster and each of the many starts here a third slower.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _read = Task.WhenAll(Read(_process.StandardOutput, _output), Read(_process.StandardError, _errors));
    }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has written so far: standard output, then standard error.</summary>
    public IEnumerable<string> Lines => [.. _output, .. _errors];

    /// <summary>Starts the command.</summary>
    public static MoeProcess Start(Workspace workspace, params string[] arguments) => new(workspace, "moe", [], arguments);

    /// <summary>Starts the command with variables of its environment set.</summary>
    public static MoeProcess StartWith(IEnumerable<KeyValuePair<string, string>> environment, Workspace workspace, params string[] arguments) =>
        new(workspace, "moe", environment, arguments);

    /// <summary>Starts a silo, with variables of its environment set.</summary>
    public static MoeProcess StartSilo(IEnumerable<KeyValuePair<string, string>> environment, Workspace workspace, params string[] arguments) =>
        new(workspace, "moe-silo", environment, arguments);

    /// <summary>Starts a silo on free ports, unless the arguments name others: tests that run at the same time must not meet at the default ones.</summary>
    public static MoeProcess StartSiloOnFreePorts(Workspace workspace, params string[] arguments)
    {
        var ports = FreePorts.Find(2);
        (string Option, string Value)[] free = [("--silo-port", $"{ports[0]}"), ("--gateway-port", $"{ports[1]}"), ("--http-port", "0")];
        return StartSilo([], workspace, [.. free.Where(port => !arguments.Contains(port.Option)).SelectMany(port => (string[])[port.Option, port.Value]), .. arguments]);
    }

    /// <summary>Runs the command to its end.</summary>
    public static async Task<MoeResult> Run(Workspace workspace, params string[] arguments)
    {
        using var process = Start(workspace, arguments);
        return await process.End();
    }

    /// <summary>Runs <see cref="SmallRun"/> with more options.</summary>
    public static Task<MoeResult> Train(Workspace workspace, params string[] arguments) => Run(workspace, [.. SmallRun, .. arguments]);

    /// <summary>Waits for a line on standard error.</summary>
    public Task WaitForError(string text) => WaitFor(text, _errors);

    /// <summary>Waits for a line on standard output.</summary>
    public Task WaitForOutput(string text) => WaitFor(text, _output);

    /// <summary>Sends a signal by the system's own command.</summary>
    public async Task Signal(string name)
    {
        SkipIfIgnored(name);
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    // A shell without job control starts background jobs that ignore SIGINT, and nohup starts programs that ignore SIGHUP; children inherit it.
    private void SkipIfIgnored(string name)
    {
        if (name is not ("INT" or "HUP")) return;
        var status = $"/proc/{_process.Id}/status";
        if (!File.Exists(status) || File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is not { } line) return;
        var ignored = ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.SkipWhen((ignored & (name == "INT" ? 2UL : 1UL)) != 0, $"SIG{name} is ignored in this shell, as in a background job of a script, or below nohup.");
    }

    /// <summary>Waits for the command's end.</summary>
    public async Task<MoeResult> End()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        await _process.WaitForExitAsync(limit.Token);
        await _read.WaitAsync(limit.Token);
        return new MoeResult(_process.ExitCode, string.Concat(_output.Select(line => $"{line}\n")), [.. _errors]);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static async Task Read(StreamReader stream, ConcurrentQueue<string> lines)
    {
        while (await stream.ReadLineAsync() is { } line) lines.Enqueue(line);
    }

    private async Task WaitFor(string text, ConcurrentQueue<string> lines)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        while (!lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            _process.HasExited.ShouldBeFalse($"ended before '{text}': {string.Join('\n', Lines)}");
            await Task.Delay(20, limit.Token);
        }
    }
}
