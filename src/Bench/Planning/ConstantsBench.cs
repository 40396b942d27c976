using System.Reflection;

namespace MoeOrleans.Bench.Planning;

/// <summary>Measures the constants of this machine, in about four minutes.</summary>
internal static class ConstantsBench
{
    /// <param name="rounds">Rounds of the runs on silos.</param>
    /// <param name="progress">Receives a line before each measurement.</param>
    /// <param name="time">The clock.</param>
    public static async Task<MachineConstants> Measure(int rounds, Action<string> progress, TimeProvider time)
    {
        var fit = new KernelFit(progress);
        var nothing = new ActorConstants(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var kernels = new MachineConstants(MachineConstants.CurrentFormat, Version, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), MachineRow.This, fit.Experts(), fit.Router(), fit.Optimisers(), nothing);
        return kernels with { Actors = await new ActorFit(kernels, progress).Measure(rounds) };
    }

    private static string Version => Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
