using System.Globalization;
using System.Net;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests;

/// <summary>
/// What a command and everything it starts leave behind: they have a folder for temporary files of their own, and processes are told by
/// that folder in their environment, whoever their parent is.
/// </summary>
internal sealed class Traces : IDisposable
{
    private readonly HashSet<int> _ports = [];

    public Traces()
    {
        if (!Directory.Exists("/proc/self")) Assert.Skip("Processes and their environments are looked up in /proc, as Linux has it.");
        Directory.CreateDirectory(Workspace.At("tmp"));
        Directory.CreateDirectory(Workspace.At("state"));
    }

    public Workspace Workspace { get; } = new();

    /// <summary>The environment of the command.</summary>
    public KeyValuePair<string, string>[] Environment => [new("TMPDIR", Workspace.At("tmp")), new("XDG_STATE_HOME", Workspace.At("state"))];

    /// <summary>The silos that run; their ports are remembered.</summary>
    public IReadOnlyList<int> Silos()
    {
        var found = new List<int>();
        foreach (var (id, arguments) in Processes())
        {
            if (!arguments.Any(argument => argument.EndsWith("moe-silo.dll", StringComparison.Ordinal))) continue;
            found.Add(id);
            foreach (var option in (string[])["--silo-port", "--gateway-port", "--http-port"])
            {
                var at = Array.IndexOf(arguments, option);
                if (at >= 0 && int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) is var port and > 0) _ports.Add(port);
            }
        }

        return found;
    }

    /// <summary>Waits until so many silos run.</summary>
    public async Task<IReadOnlyList<int>> WaitForSilos(int count)
    {
        IReadOnlyList<int> silos = [];
        await Wait.Until(() => $"there are {silos.Count} silos, not {count}", () => Task.FromResult((silos = Silos()).Count == count));
        return silos;
    }

    /// <summary>Waits until no process is left, and checks that no port is and no file.</summary>
    public async Task ShouldBeNone()
    {
        await Wait.Until(() => $"a process is left: {string.Join(' ', Processes().First().Arguments)}", () => Task.FromResult(!Processes().Any()));
        _ports.Where(port => !FreePorts.IsFree(new IPEndPoint(IPAddress.Loopback, port))).ShouldBeEmpty();
        Directory.GetDirectories(Workspace.At("tmp"), "moe-*").ShouldBeEmpty();
        Workspace.Entries.Where(entry => entry is not "tmp" and not "state").ShouldBeEmpty();
    }

    public void Dispose()
    {
        foreach (var (id, _) in Processes().ToArray())
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit(TimeSpan.FromSeconds(10));
            }
            catch (ArgumentException)
            {
                // It has ended meanwhile.
            }
        }

        Workspace.Dispose();
    }

    private IEnumerable<(int Id, string[] Arguments)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            string[] arguments;
            try
            {
                if (!Words(folder, "environ").Contains($"TMPDIR={Workspace.At("tmp")}")) continue;
                arguments = Words(folder, "cmdline");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is somebody else's.
                continue;
            }

            yield return (id, arguments);
        }
    }

    private static string[] Words(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Split('\0');
}
