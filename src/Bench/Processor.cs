using System.Runtime.InteropServices;

namespace MoeOrleans.Bench;

internal static class Processor
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>The processor's name as the operating system gives it, or the architecture if it gives none.</summary>
    public static string Name()
    {
        try
        {
            if (File.Exists(CpuInfo) && File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line)
                return line[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The name is only shown: use the architecture.
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
