using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Tests;

public sealed class InterruptTests
{
    // Far more steps than there is time for.
    private static readonly string[] s_longRun = [.. MoeProcess.EndlessRun, "--json"];

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_ends_the_run_after_its_step_with_summary_and_files(string signal)
    {
        SkipWithoutSignals();
        using var workspace = new Workspace();
        using var process = MoeProcess.Start(workspace, [.. s_longRun, "--output", "out"]);
        await process.WaitForError("step 50/");
        await process.Signal(signal);

        var result = await process.End();

        result.ExitCode.ShouldBe(130);
        result.Json.GetProperty("stopReason").GetString().ShouldBe("interrupted");
        var rows = await File.ReadAllLinesAsync(workspace.At("out", "metrics.csv"), TestContext.Current.CancellationToken);
        rows.Length.ShouldBe(1 + result.Json.GetProperty("steps").GetInt32());
        Directory.EnumerateFiles(workspace.At("out")).Count().ShouldBe(RunFolder.Files.Count);
    }

    [Fact]
    public async Task A_second_signal_ends_at_once_and_writes_nothing()
    {
        SkipWithoutSignals();
        using var workspace = new Workspace();
        // Short steps, but an evaluation of seconds: it is still on when the second signal comes.
        string[] slowEvaluation = ["--minibatch", "64", "--filters", "512", "--set", "training.expert.rate=0", "--set", "training.router.rate=0"];
        string[] longRun = [.. s_longRun.Select(argument => argument == "data.test=500" ? "data.test=100000" : argument)];
        using var process = MoeProcess.Start(workspace, [.. longRun, .. slowEvaluation, "--output", "out"]);
        await process.WaitForError("step 50/");
        await process.Signal("INT");
        await process.WaitForError("interrupted");
        await process.Signal("INT");

        var result = await process.End();

        result.ExitCode.ShouldBe(130);
        result.Output.ShouldBeEmpty();
        workspace.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_signal_before_the_first_step_ends_cleanly_too()
    {
        SkipWithoutSignals();
        using var workspace = new Workspace();
        using var process = MoeProcess.Start(workspace, s_longRun);
        // The runtime is up and the silo is about to start, or is starting.
        await Task.Delay(400, TestContext.Current.CancellationToken);
        await process.Signal("INT");

        var result = await process.End();

        result.ExitCode.ShouldBe(130);
        result.Errors.ShouldAllBe(line => line.Contains("interrupted", StringComparison.Ordinal));
    }

    private static void SkipWithoutSignals()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no kill: a console's Ctrl+C reaches every process in it, the test's too.");
    }
}
