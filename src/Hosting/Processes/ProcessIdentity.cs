using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MoeOrleans.Hosting.Processes;

/// <summary>Tells a process from later ones of the same id, also after the clock was set and after the machine was started again.</summary>
internal static class ProcessIdentity
{
    // After the name, which is in parentheses and may hold any character, start time is the twentieth field of /proc/PID/stat.
    private const int StartField = 19;

    /// <summary>
    /// What no other process of the id has: on Linux the machine's boot and the ticks since then, elsewhere the start as the system has recorded
    /// it. (.NET computes a start time on Linux from the clock, which may be set.)
    /// </summary>
    /// <param name="process">Id of the process.</param>
    /// <returns>Null if there is no such process, or if it has ended and waits for its parent.</returns>
    public static string? Of(int process)
    {
        try
        {
            return OperatingSystem.IsLinux() ? OfLinux(process) : OfOthers(process);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    private static string? OfLinux(int process)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // A zombie has ended: in a container without an init process, no parent removes it.
        return fields[0] is "Z" or "X" ? null : $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{fields[StartField]}";
    }

    private static string? OfOthers(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.HasExited || process.WorkingSet64 == 0 ? null : process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
    }
}
