using System.Globalization;
using System.Runtime.InteropServices;

namespace MoeOrleans.Bench.Planning;

/// <summary>Binds processes to cores, as taskset does. Linux only.</summary>
internal static partial class PinnedProcess
{
    /// <summary>Binds all threads of a process, and those that they start later, to one core.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="core">The core, from 0 to 63.</param>
    /// <returns>Whether it is bound.</returns>
    public static bool Bind(int processId, int core)
    {
        if (!OperatingSystem.IsLinux() || core is < 0 or > 63) return false;
        var mask = 1UL << core;
        var tasks = Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task"));
        // A thread that has ended meanwhile needs no core.
        return tasks.Count(task => SetAffinity(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), sizeof(ulong), in mask) == 0) > tasks.Length / 2;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, in ulong mask);
}
