using System.Diagnostics;

namespace MoeOrleans.Cli.Tests;

/// <summary>Progress is no more than decoration: a standard error that cannot be written changes no result.</summary>
public sealed class ClosedErrorTests
{
    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task A_full_or_closed_standard_error_costs_neither_the_run_nor_the_exit_code(string redirection)
    {
        if (!File.Exists("/dev/full")) Assert.Skip("Needs /dev/full.");
        using var workspace = new Workspace();

        (await Shell(workspace, "train --set data.train=1000 --set data.test=500 --steps 60 --output out", redirection)).ShouldBe(0);
        Directory.GetFiles(workspace.At("out")).Length.ShouldBe(5);
        (await Shell(workspace, "spec --steps 0", redirection)).ShouldBe(2);
    }

    [Theory]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData(">&-", "it is closed, or not for writing")]
    public async Task A_full_or_closed_standard_output_is_told_and_so_is_where_the_files_are(string redirection, string reason)
    {
        if (!File.Exists("/dev/full")) Assert.Skip("Needs /dev/full.");
        using var workspace = new Workspace();

        (await Shell(workspace, "train --set data.train=1000 --set data.test=500 --steps 3 --output out", $"{redirection} 2>error")).ShouldBe(1);
        var files = workspace.At("out");
        File.ReadAllLines(workspace.At("error"))[^1].ShouldBe($"moe: cannot write to standard output: {reason}; the run's files are in '{files}'");
        Directory.GetFiles(files).Length.ShouldBe(5);
        (await Shell(workspace, "spec", $"{redirection} 2>error")).ShouldBe(1);
        File.ReadAllLines(workspace.At("error")).ShouldBe([$"moe: cannot write to standard output: {reason}"]);
    }

    private static async Task<int> Shell(Workspace workspace, string arguments, string redirection)
    {
        var moe = Path.Combine(AppContext.BaseDirectory, "moe.dll");
        var start = new ProcessStartInfo("sh", ["-c", $"exec dotnet '{moe}' {arguments} >/dev/null {redirection}"]) { WorkingDirectory = workspace.Path };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return process.ExitCode;
    }
}
