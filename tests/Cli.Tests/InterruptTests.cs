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
    public async Task A_second_signal_ends_at_once_and_leaves_the_steps_alone()
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
        Directory.EnumerateFiles(workspace.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["metrics.csv", "specification.json"]);
    }

    [Fact]
    public async Task A_run_that_is_killed_leaves_every_step_it_has_shown_and_the_same_command_replaces_it()
    {
        SkipWithoutSignals();
        using var workspace = new Workspace();
        using (var process = MoeProcess.Start(workspace, [.. s_longRun, "--output", "out"]))
        {
            await process.WaitForError("step 100/");
            await process.Signal("KILL");
            await process.End();
        }

        var rows = await File.ReadAllLinesAsync(workspace.At("out", "metrics.csv"), TestContext.Current.CancellationToken);
        rows.Length.ShouldBeGreaterThan(100);
        rows[100].ShouldStartWith("99,");
        var compared = await MoeCommand.Run(workspace, "compare", "out", "out");
        compared.ExitCode.ShouldBe(2);
        compared.Errors.ShouldHaveSingleItem().ShouldContain("holds an unfinished run");
        var other = await MoeCommand.Train(workspace, "--seed", "9", "--output", "out");
        other.Errors.ShouldHaveSingleItem().ShouldBe("--output: folder 'out' has an unfinished run of another specification; name another, or add --overwrite to replace it");

        using var again = MoeProcess.Start(workspace, [.. s_longRun, "--output", "out"]);
        await again.WaitForError("step 50/");
        await again.Signal("INT");
        (await again.End()).Json.GetProperty("stopReason").GetString().ShouldBe("interrupted");
        Directory.EnumerateFiles(workspace.At("out")).Count().ShouldBe(RunFolder.Files.Count);
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
