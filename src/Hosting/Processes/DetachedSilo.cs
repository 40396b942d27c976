using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>A silo of the local cluster: a process that outlives the command that started it.</summary>
/// <param name="Setup">How it was set up.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Started">When the process started: another may have got its number since.</param>
internal sealed partial record LocalSilo(SiloSetup Setup, int ProcessId, DateTime Started)
{
    private const int SigTerm = 15;

    // The system tells a start to the hundredth of a second, from a clock that may be set meanwhile.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether its process is alive.</summary>
    [JsonIgnore]
    public bool IsAlive
    {
        get
        {
            using var process = Find();
            return process is not null;
        }
    }

    /// <summary>Starts the process.</summary>
    /// <param name="setup">How it is set up.</param>
    /// <param name="log">File for its log.</param>
    public static LocalSilo Start(SiloSetup setup, string log)
    {
        var silo = SiloProgram.Start(["--detached", .. setup.Arguments]);
        // The shell opens the files and becomes the silo: none of this command's own are left open by it.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$MOE_SILO_LOG\" 2>&1", "sh", silo.FileName, .. silo.ArgumentList]);
        start.Environment["MOE_SILO_LOG"] = log;
        start.WorkingDirectory = Path.GetDirectoryName(log);
        using var process = Process.Start(start)!;
        return new LocalSilo(setup, process.Id, process.StartTime.ToUniversalTime());
    }

    /// <summary>Waits until it is one of the cluster.</summary>
    /// <param name="log">File of its log.</param>
    /// <param name="cancelled">Gives up.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message is its own line.</exception>
    public async Task WaitUntilReady(string log, CancellationToken cancelled)
    {
        using var client = new HttpClient();
        var start = Stopwatch.GetTimestamp();
        while (!await IsReady(client, cancelled))
        {
            if (!IsAlive) throw new InvalidOperationException($"silo {Setup.Name} did not start: {await LastWords(log)}");
            if (Stopwatch.GetElapsedTime(start) > s_startLimit) throw new InvalidOperationException($"silo {Setup.Name} was not ready after {s_startLimit.TotalSeconds:0} s; its log is {log}");
            await Task.Delay(s_poll, cancelled);
        }
    }

    /// <summary>Asks it to stop, and ends it where it does not.</summary>
    public async Task Stop()
    {
        using var process = Find();
        if (process is null) return;
        _ = Kill(ProcessId, SigTerm);
        var start = Stopwatch.GetTimestamp();
        while (IsAlive && Stopwatch.GetElapsedTime(start) < s_stopLimit) await Task.Delay(s_poll);
        if (IsAlive) process.Kill();
        while (IsAlive) await Task.Delay(s_poll);
    }

    private async Task<bool> IsReady(HttpClient client, CancellationToken cancelled)
    {
        try
        {
            using var reply = await client.GetAsync(new Uri($"http://127.0.0.1:{Setup.HttpPort}/health/ready"), cancelled);
            // The port may have become another program's, even another cluster's, and this silo is about to say so.
            return reply.IsSuccessStatusCode && reply.Headers.TryGetValues(HealthHeaders.Process, out var ids) && ids.Contains(ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> LastWords(string log)
    {
        const string Prefix = "moe-silo: ";
        return (await File.ReadAllLinesAsync(log)).LastOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal)) is { } line ? line[Prefix.Length..] : "its process ended";
    }

    private Process? Find()
    {
        try
        {
            var process = Process.GetProcessById(ProcessId);
            // One that has ended but that nobody has asked for its exit code, as in a container without an init, has no memory.
            if (!process.HasExited && process.WorkingSet64 > 0 && (process.StartTime.ToUniversalTime() - Started).Duration() < s_tolerance) return process;
            process.Dispose();
            return null;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
