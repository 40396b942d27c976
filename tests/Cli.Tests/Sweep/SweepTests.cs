using System.Text.Json;

namespace MoeOrleans.Cli.Tests.Sweep;

/// <summary>moe sweep, on data made small, and moe compare on what it made.</summary>
public sealed class SweepTests
{
    private static readonly string[] s_small =
        ["sweep", "--set", "data.train=500", "--set", "data.test=200", "--set", "training.steps=12", "--set", "training.block=64"];

    [Fact]
    public async Task Every_combination_is_trained_over_its_seeds_and_compared_and_the_same_command_repeats_no_run()
    {
        using var workspace = new Workspace();
        string[] command = [.. s_small, "--set", "model.experts=2,4", "--seeds", "2", "--output", "grid"];
        var first = await MoeCommand.Run(workspace, [.. command, "--json"]);
        first.ExitCode.ShouldBe(0, string.Join('\n', first.Errors));
        var groups = first.Json.EnumerateArray().ToArray();
        groups.Select(group => group.GetProperty("values")[0].GetProperty("value").GetString()).ShouldBe(["2", "4"]);
        groups.ShouldAllBe(group => group.GetProperty("runs").GetArrayLength() == 2 && group.GetProperty("testAccuracy").GetProperty("count").GetInt32() == 2);
        File.ReadAllText(workspace.At("grid", "sweep.json")).ShouldBe(first.Output);
        var runs = Directory.GetDirectories(workspace.At("grid", "runs"));
        runs.Select(run => Path.GetFileName(run)[..^9]).Order(StringComparer.Ordinal).ShouldBe(
            ["model.experts=2,seed=1", "model.experts=2,seed=2", "model.experts=4,seed=1", "model.experts=4,seed=2"]);

        // A run of the sweep is the run that moe train makes.
        var alone = await MoeCommand.Run(workspace, ["train", .. s_small[1..], "--experts", "4", "--seed", "2", "--output", "alone", "--json"]);
        var same = runs.Single(run => run.Contains("experts=4,seed=2", StringComparison.Ordinal));
        File.ReadAllText(Path.Combine(same, "summary.json")).ShouldContain(alone.Json.GetProperty("weightsSha256").GetString()!);

        var written = runs.Select(run => File.GetLastWriteTimeUtc(Path.Combine(run, "summary.json"))).ToArray();
        var again = await MoeProcess.Run(workspace, command);
        again.ExitCode.ShouldBe(0, string.Join('\n', again.Errors));
        runs.Select(run => File.GetLastWriteTimeUtc(Path.Combine(run, "summary.json"))).ShouldBe(written);
        again.Output.ShouldContain("| experts | runs |");
        again.Output.ShouldContain("best");
        (await MoeCommand.Run(workspace, [.. command, "--plan"])).Errors.ShouldHaveSingleItem().ShouldBe("4 runs, all of them done before");

        // The whole folder, and one run more, which belongs to one of its groups.
        var compared = await MoeCommand.Run(workspace, "compare", "grid", "alone", "--json");
        compared.ExitCode.ShouldBe(0, string.Join('\n', compared.Errors));
        compared.Json.EnumerateArray().Select(group => group.GetProperty("runs").GetArrayLength()).ShouldBe([2, 2]);
    }

    [Fact]
    public async Task A_value_that_diverges_costs_its_own_runs_alone_and_is_named()
    {
        using var workspace = new Workspace();
        foreach (var values in (string[])["1e30,0.001", "0.001,1e30"])
        {
            var result = await MoeCommand.Run(workspace, [.. s_small, "--set", "training.stop.enabled=false", "--set", $"training.expert.rate={values}", "--seeds", "1", "--output", "grid", "--json"]);
            result.ExitCode.ShouldBe(1);
            result.Errors.ShouldContain(line => line.StartsWith("training.expert.rate=1e30,seed=1-", StringComparison.Ordinal) && line.Contains("failed: The loss of step", StringComparison.Ordinal));
            using var groups = JsonDocument.Parse(result.Output);
            groups.RootElement.EnumerateArray().ShouldHaveSingleItem().GetProperty("values")[0].GetProperty("value").GetString().ShouldBe("0.001");
        }
    }

    [Fact]
    public async Task The_columns_are_the_fields_that_were_listed()
    {
        using var workspace = new Workspace();
        var result = await MoeCommand.Run(workspace, [.. s_small, "--set", "model.kind=mixture,single", "--seeds", "1", "--json"]);
        result.Json.EnumerateArray().Select(group => string.Join(' ', group.GetProperty("values").EnumerateArray().Select(value => value.ToString()))).ShouldBe(
            ["""{"path":"model.kind","value":"mixture"}""", """{"path":"model.kind","value":"single"}"""]);
    }

    [Theory]
    [InlineData("--set model.experts=2,2", "sweep: 'model.experts=2,seed=1-")]
    [InlineData("--set model.experts=2,x", "--set model.experts: must be")]
    [InlineData("--set model.experts=2,3 --seeds 0", "--seeds: must be 1 to 1,000")]
    [InlineData("--experts 2,3", "--experts: must be")]
    public async Task Bad_lists_are_refused_and_nothing_is_written(string options, string error)
    {
        using var workspace = new Workspace();
        var result = await MoeCommand.Run(workspace, [.. s_small, .. options.Split(' ')]);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldStartWith(error);
        workspace.Entries.ShouldBeEmpty();
    }
}
