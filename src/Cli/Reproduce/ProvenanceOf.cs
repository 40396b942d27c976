using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Reports.Findings;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>Describes this process and its machine.</summary>
internal static class ProvenanceOf
{
    public static Provenance Process(int threads, int parallel, int runsDone, int runsKept, double expectedSeconds, double wallSeconds) => new(
        string.Join(' ', ["moe", .. Environment.GetCommandLineArgs().Skip(1)]),
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
        threads,
        parallel,
        runsDone,
        runsKept,
        expectedSeconds,
        wallSeconds);
}
