using System.Diagnostics;

namespace MoeOrleans.Cluster.Tests;

/// <summary>docs/own-data.md: its commands, as a user would type them, on a subset of Fashion-MNIST.</summary>
public sealed class OwnDataPageTests
{
    [ClusterFact]
    public async Task Every_command_of_the_page_works_in_its_order()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The page's commands are those of a POSIX shell.");
        using var workspace = new Workspace();
        CopyFixture(workspace);
        workspace.Write("moe", $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "moe.dll")}' \"$@\"\n");
        workspace.Write("page.sh", string.Join('\n', Commands().Prepend("set -e")));

        var start = new ProcessStartInfo("sh", ["-c", "chmod +x moe && sh page.sh"]) { WorkingDirectory = workspace.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        try
        {
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!shell.HasExited) shell.Kill(entireProcessTree: true);
        }

        shell.ExitCode.ShouldBe(0, $"{await errors}\n{await output}");
        (await output).ShouldContain("Ankle boot");
        foreach (var file in (string[])["runs/mlp/report.html", "runs/held-out/best-weights.safetensors", "sweeps/kind/sweep.json", "classes.csv", "fashion.onnx", "fashion-torch/model.py", "runs/more/summary.json"])
            File.Exists(workspace.At(file)).ShouldBeTrue(file);
    }

    // The first block fetches the data, which the fixture takes the place of.
    private static IEnumerable<string> Commands()
    {
        var blocks = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "own-data.md")).Split("```sh\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        blocks.Length.ShouldBeGreaterThan(5);
        blocks[0].ShouldContain("apt install");
        return blocks[1..].SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void CopyFixture(Workspace workspace)
    {
        Directory.CreateDirectory(workspace.At("fashion"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "fashion-mnist"), "*.gz")) File.Copy(file, workspace.At("fashion", Path.GetFileName(file)));
    }
}
