using System.Text.Json;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe reproduce, on data and runs made small.</summary>
public sealed class ReproduceTests
{
    private static readonly string[] s_small =
        ["reproduce", "--set", "data.train=500", "--set", "data.test=200", "--set", "training.steps=12", "--set", "training.block=64"];

    [Fact]
    public async Task A_reproduction_has_tables_findings_report_and_every_run_and_goes_on_where_it_was()
    {
        using var workspace = new Workspace();

        // A process: its output is no terminal, so it has the whole tables.
        var result = await MoeProcess.Run(workspace, [.. s_small, "--settings", "1", "--only", "table", "--runs", "1"]);

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Errors.ShouldContain(line => line.Contains("table", StringComparison.Ordinal) && line.Contains('6'));
        var runs = Directory.GetDirectories(workspace.At("reproduction", "runs"));
        runs.Length.ShouldBe(6);
        runs.ShouldAllBe(run => File.Exists(Path.Combine(run, "summary.json")));
        using var findings = Findings(workspace);
        findings.RootElement.GetProperty("table").GetArrayLength().ShouldBe(6);
        findings.RootElement.GetProperty("provenance").GetProperty("runsDone").GetInt32().ShouldBe(6);
        File.ReadAllText(workspace.At("reproduction", "report.html")).ShouldContain("</html>");
        result.Output.ShouldBe(File.ReadAllText(workspace.At("reproduction", "tables.md")));

        // The same again does nothing again, one more initialisation does the new runs alone.
        var kept = runs.Select(run => File.GetLastWriteTimeUtc(Path.Combine(run, "summary.json"))).ToArray();
        var again = await Reproduce(workspace, "--settings", "1", "--only", "table", "--runs", "2");
        again.ExitCode.ShouldBe(0, string.Join('\n', again.Errors));
        runs.Select(run => File.GetLastWriteTimeUtc(Path.Combine(run, "summary.json"))).ShouldBe(kept);
        using var more = Findings(workspace);
        more.RootElement.GetProperty("provenance").GetProperty("runsKept").GetInt32().ShouldBe(6);
        more.RootElement.GetProperty("provenance").GetProperty("runsDone").GetInt32().ShouldBe(6);
    }

    [Fact]
    public async Task The_plan_alone_writes_nothing()
    {
        using var workspace = new Workspace();

        var result = await Reproduce(workspace, "--plan", "--settings", "theorem", "--only", "specialisation", "--runs", "2");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Errors.ShouldContain(line => line.Contains("specialisation", StringComparison.Ordinal));
        workspace.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Interrupted_it_says_how_to_go_on()
    {
        using var workspace = new Workspace();
        using var process = MoeProcess.Start(workspace, [.. s_small, "--settings", "1", "--only", "table", "--runs", "10", "--set", "training.steps=400", "--set", "training.stop.enabled=false"]);
        await process.WaitForError(" s left");

        await process.Signal("INT");
        var result = await process.End();

        result.ExitCode.ShouldBe(130, string.Join('\n', result.Errors));
        result.Errors[^1].ShouldMatch("^moe: interrupted; finished runs are kept in .*reproduction; the same command continues from there$", string.Join('\n', result.Errors));
        Directory.GetDirectories(workspace.At("reproduction", "runs")).ShouldAllBe(run => File.Exists(Path.Combine(run, "summary.json")));
    }

    [Fact]
    public async Task A_damaged_run_is_one_line()
    {
        using var workspace = new Workspace();
        string[] one = ["--settings", "1", "--only", "curves", "--runs", "1"];
        await Reproduce(workspace, one);
        var run = Directory.GetDirectories(workspace.At("reproduction", "runs"))[0];
        await File.WriteAllBytesAsync(Path.Combine(run, "weights.safetensors"), [1, 2, 3], TestContext.Current.CancellationToken);

        var result = await Reproduce(workspace, one);

        result.ExitCode.ShouldBe(2);
        result.Errors[^1].ShouldMatch("weights.safetensors: .*truncated: .*; delete the folder to repeat the run$");
    }

    [Theory]
    [InlineData("--settings: must be some of 1, 2, 3, 4, theorem, with commas, got '5'", "--settings", "1,5")]
    [InlineData("--only: must be some of table, over-data, curves, bounds, specialisation, noise, load-balance, experts, clusters, with commas, got 'tables'; did you mean 'table'?", "--only", "tables")]
    [InlineData("--only: over-data needs --data-seeds N, the number of data sets", "--only", "over-data")]
    [InlineData("--only: none of these parts has runs on these settings; see moe reproduce --help", "--only", "curves", "--settings", "3")]
    [InlineData("--runs: must be 1 to 1,000; got 0", "--runs", "0")]
    [InlineData("--set data.sigma: must be 0 to 1,000,000, got -1", "--set", "data.sigma=-1")]
    public async Task Bad_input_is_one_line(string line, params string[] arguments)
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Run(workspace, ["reproduce", .. arguments]);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldBe([line]);
        workspace.Entries.ShouldBeEmpty();
    }

    private static Task<MoeResult> Reproduce(Workspace workspace, params string[] arguments) => MoeCommand.Run(workspace, [.. s_small, .. arguments]);

    private static JsonDocument Findings(Workspace workspace) => JsonDocument.Parse(File.ReadAllText(workspace.At("reproduction", "reproduce.json")));
}
