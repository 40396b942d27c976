using System.Runtime.InteropServices;

namespace MoeOrleans.Bench;

/// <summary>The processor's name.</summary>
internal static class Processor
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>As the system names it; the architecture where it does not.</summary>
    public static string Name()
    {
        try
        {
            if (File.Exists(CpuInfo) && File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line)
                return line[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The architecture will do.
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
