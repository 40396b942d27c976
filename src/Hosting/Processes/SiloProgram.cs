using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>The moe-silo program, which lies beside this one.</summary>
internal static class SiloProgram
{
    /// <summary>What starts it.</summary>
    /// <param name="arguments">Its options.</param>
    public static ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "moe-silo");
        return Dotnet() is { } dotnet ? new ProcessStartInfo(dotnet, [$"{path}.dll", .. arguments]) : new ProcessStartInfo(path, arguments);
    }

    // The one that runs this program: it need not be on the path. None is needed where the runtime is part of the program.
    private static string? Dotnet()
    {
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        var dotnet = Path.Combine(runtime.Parent?.Parent?.Parent?.FullName ?? "", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(dotnet) ? dotnet : null;
    }
}
