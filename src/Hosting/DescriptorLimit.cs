using System.Globalization;

namespace MoeOrleans.Hosting;

/// <summary>The most files and connections that the process may have open. With too few the runtime cannot even load what reports that.</summary>
internal static class DescriptorLimit
{
    private const int Least = 256;
    private const string Limits = "/proc/self/limits";
    private const string Row = "Max open files";

    /// <summary>Checks the limit, where the system tells it.</summary>
    /// <exception cref="ConfigurationException">It is too low.</exception>
    public static void Check()
    {
        if (File.Exists(Limits)) Check(File.ReadLines(Limits));
    }

    /// <summary>Checks the limit.</summary>
    /// <param name="limits">The lines of /proc/self/limits.</param>
    /// <exception cref="ConfigurationException">It is too low.</exception>
    internal static void Check(IEnumerable<string> limits)
    {
        var row = limits.FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
        if (row is null || !int.TryParse(row[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)) return;
        if (limit < Least) throw new ConfigurationException($"file descriptors: must be at least {Least}, got {limit}; raise the limit with 'ulimit -n {4 * Least}'");
    }
}
