using System.Diagnostics;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>A program that platform teams render manifests with. Without it a test is skipped.</summary>
internal static class Tool
{
    // .ci/install puts helm there.
    private static readonly string s_installed = Path.Combine(DeployFolder.Root, "tests", "Deployment.Tests", "obj", "tools");

    /// <summary>Runs a program and gives its output.</summary>
    public static Task<string> Run(string name, params string[] arguments) => RunWith([], name, arguments);

    /// <summary>Runs a program with more variables in its environment, and gives its output.</summary>
    public static async Task<string> RunWith(IEnumerable<KeyValuePair<string, string>> environment, string name, params string[] arguments)
    {
        var result = await TryWith(environment, name, arguments);
        result.ExitCode.ShouldBe(0, $"{name} {string.Join(' ', arguments)}: {string.Join("", result.Errors)}");
        return result.Output;
    }

    /// <summary>Runs a program that may fail.</summary>
    public static Task<MoeResult> Try(string name, params string[] arguments) => TryWith([], name, arguments);

    /// <summary>The path of a program; null if it is not installed.</summary>
    public static string? Find(string name) =>
        ((IEnumerable<string>)[s_installed, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)])
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static async Task<MoeResult> TryWith(IEnumerable<KeyValuePair<string, string>> environment, string name, string[] arguments)
    {
        var path = Find(name);
        Assert.SkipWhen(path is null, $"{name} is not installed");
        var start = new ProcessStartInfo(path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new MoeResult(process.ExitCode, await output, [await error]);
    }
}
