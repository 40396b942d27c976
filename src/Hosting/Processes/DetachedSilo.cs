using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Processes;

/// <summary>A silo process that outlives the command that started it.</summary>
/// <param name="Options">Its options.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Identity">What tells the process from later ones of the same id: <see cref="ProcessIdentity"/>.</param>
internal sealed partial record DetachedSilo(SiloProcessOptions Options, int ProcessId, string Identity)
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(60);

    // A silo takes half a minute to be drained where it has to, and twenty seconds to end.
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    // Only in the command that started the process: the system tells its exit code to no other.
    private Process? _child;

    [JsonIgnore]
    public bool IsAlive => ProcessIdentity.Of(ProcessId) == Identity;

    /// <summary>Starts the process.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="log">File for its log.</param>
    public static DetachedSilo Start(SiloProcessOptions options, string log)
    {
        var silo = SiloProgram.Start(options, "--detached");
        // The shell opens the files and becomes the silo, which so inherits no open file of this command.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >>\"$MOE_SILO_LOG\" 2>&1", "sh", silo.FileName, .. silo.ArgumentList]);
        foreach (var (name, value) in silo.Environment) start.Environment[name] = value;
        start.Environment["MOE_SILO_LOG"] = log;
        start.WorkingDirectory = Path.GetDirectoryName(log);
        var process = Process.Start(start)!;
        // A process that has ended already is found by no identity.
        return new DetachedSilo(options, process.Id, ProcessIdentity.Of(process.Id) ?? "") { _child = process };
    }

    /// <summary>Waits until the silo is a member of its cluster.</summary>
    /// <param name="log">File of its log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancelled">Ends the wait.</param>
    /// <exception cref="SiloStartException">The silo ended, or was not ready after 60 seconds.</exception>
    public async Task WaitUntilReady(string log, TimeProvider time, CancellationToken cancelled)
    {
        // A proxy of the environment does not reach this machine's loopback address.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var poll = Poll(time, s_startTimeout);
        var ready = await poll.Until(
            async token => await IsReady(client, token) || (IsAlive ? false : throw new SiloStartException($"silo {Options.Name} did not start: {await EndReason(log)}", IsPortInUse())),
            cancelled);
        if (!ready) throw new SiloStartException($"silo {Options.Name} was not ready after {s_startTimeout.TotalSeconds:0} s; its log is {log}", isPortInUse: false, log);
    }

    /// <summary>Asks the silo to stop, and kills its process if it has not ended after a minute.</summary>
    /// <returns>Whether it ended without being killed.</returns>
    public async Task<bool> Stop(TimeProvider time)
    {
        if (!IsAlive) return true;
        _ = Kill(ProcessId, SigTerm);
        if (await Poll(time, s_stopTimeout).Until(_ => Task.FromResult(!IsAlive))) return true;
        _ = Kill(ProcessId, SigKill);
        await Poll(time, Timeout.InfiniteTimeSpan).Until(_ => Task.FromResult(!IsAlive));
        return false;
    }

    private static RetryPolicy Poll(TimeProvider time, TimeSpan deadline) =>
        new(time) { FirstPause = s_poll, LongestPause = s_poll, Deadline = deadline, IsTransient = _ => false };

    private static async Task<string> EndReason(string log) => SiloLog.Reason(await File.ReadAllLinesAsync(log)) ?? "its process ended";

    private bool IsPortInUse() => _child is { HasExited: true, ExitCode: SiloExitCode.PortInUse };

    private async Task<bool> IsReady(HttpClient client, CancellationToken cancelled)
    {
        try
        {
            using var reply = await client.GetAsync(new Uri($"http://127.0.0.1:{Options.HttpPort}/health/ready"), cancelled);
            // Another program, even a silo of another cluster, may have taken the port; this silo is then about to say so and end.
            return reply.IsSuccessStatusCode && reply.Headers.TryGetValues(HealthHeaders.Process, out var ids) && ids.Contains(ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
