using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MoeOrleans.Hosting.Processes;

/// <summary>The moe-silo program, in the folder of this program.</summary>
internal static class SiloProgram
{
    /// <summary>How to start it.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="launch">The option that says who starts it.</param>
    public static ProcessStartInfo Start(SiloProcessOptions options, string launch)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "moe-silo");
        string[] arguments = [launch, .. options.Arguments];
        var start = Dotnet() is { } dotnet ? new ProcessStartInfo(dotnet, [$"{path}.dll", .. arguments]) : new ProcessStartInfo(path, arguments);
        foreach (var (name, value) in options.Environment) start.Environment[name] = value;
        return start;
    }

    // The dotnet that runs this program, which need not be on the path; null if the runtime is part of the program.
    private static string? Dotnet()
    {
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        var dotnet = Path.Combine(runtime.Parent?.Parent?.Parent?.FullName ?? "", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(dotnet) ? dotnet : null;
    }
}
