using System.Text.Json;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe compare on finished runs.</summary>
public sealed class CompareTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public async Task Two_runs_of_one_specification_are_equal_however_they_were_spread()
    {
        (await MoeCommand.Train(run.Workspace, "--output", "spread", "--shards", "5")).ExitCode.ShouldBe(0);

        var table = await MoeProcess.Run(run.Workspace, "compare", "run", "spread");
        table.ExitCode.ShouldBe(0);
        table.Output.ShouldContain("specification: the same");
        table.Output.ShouldContain("curves: the same bits at all 10 steps");
        table.Output.ShouldContain($"weights: the same bits, SHA-256 {run.Result.Json.GetProperty("weightsSha256").GetString()}");
        var json = (await MoeCommand.Run(run.Workspace, "compare", "run", "spread", "--json")).Json;
        json.GetProperty("equalBits").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Runs_that_differ_are_told_apart_and_the_exit_code_is_1()
    {
        (await MoeCommand.Train(run.Workspace, "--output", "other", "--seed", "2", "--json")).ExitCode.ShouldBe(0);

        var table = await MoeProcess.Run(run.Workspace, "compare", "run", "other");
        table.ExitCode.ShouldBe(1);
        table.Errors.ShouldBeEmpty();
        table.Output.ShouldMatch(@"(?m)^\| training\.seed +\| 1 +\| 2 +\| +yes \|$");
        table.Output.ShouldContain("weights: 17 of 17 tensors differ");
        table.Output.All(char.IsAscii).ShouldBeTrue();

        var result = await MoeCommand.Run(run.Workspace, "compare", "run", "other", "--json");
        result.ExitCode.ShouldBe(1);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("equalWeights").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("specification").EnumerateArray().Single().GetProperty("path").GetString().ShouldBe("training.seed");
        json.RootElement.GetProperty("curves").EnumerateArray().Select(curve => curve.GetProperty("metric").GetString()).ShouldBe(["loss", "accuracy", "entropy"]);
        json.RootElement.GetProperty("curves")[0].GetProperty("firstStep").GetInt64().ShouldBe(0);
        json.RootElement.GetProperty("a").GetProperty("weightsSha256").GetString().ShouldBe(run.Result.Json.GetProperty("weightsSha256").GetString());
    }

    [Fact]
    public async Task Weights_that_were_changed_after_the_run_are_refused()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("changed"));
        foreach (var file in Directory.GetFiles(run.Workspace.At("run"))) File.Copy(file, workspace.At("changed", Path.GetFileName(file)));
        var weights = await File.ReadAllBytesAsync(workspace.At("changed", "weights.safetensors"), TestContext.Current.CancellationToken);
        weights[^1] ^= 1;
        await File.WriteAllBytesAsync(workspace.At("changed", "weights.safetensors"), weights, TestContext.Current.CancellationToken);

        var result = await MoeCommand.Run(workspace, "compare", "changed", run.Workspace.At("run"));

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldContain("the files are not of one run, or were changed");
    }

    [Theory]
    [InlineData("specification.json", "", "specification.json: must be a regular file with content")]
    [InlineData("specification.json", "{}", "specification.json: does not match the run's record")]
    [InlineData("summary.json", "null", "summary.json: does not match the run's record")]
    [InlineData("summary.json", "{\n x", "summary.json: line 2: not valid JSON")]
    [InlineData("summary.json", "{\"weightsSha256\": \"0\"}", "summary.json: does not match the run's record")]
    [InlineData("metrics.csv", "step,loss", "metrics.csv: does not match the run's record")]
    [InlineData("metrics.csv", null, "metrics.csv: no such file")]
    [InlineData("specification.json", null, "specification.json: no such file")]
    public async Task Files_that_are_damaged_or_of_another_run_are_refused(string file, string? content, string expected)
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("changed"));
        foreach (var path in Directory.GetFiles(run.Workspace.At("run"))) File.Copy(path, workspace.At("changed", Path.GetFileName(path)));
        if (content is null) File.Delete(workspace.At("changed", file));
        else await File.WriteAllTextAsync(workspace.At("changed", file), content, TestContext.Current.CancellationToken);

        var result = await MoeCommand.Run(workspace, "compare", "changed", run.Workspace.At("run"));

        result.Errors.ShouldHaveSingleItem().ShouldContain(expected);
        result.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("compare", "compare: needs the folders of two runs or more, such as moe compare runs/a runs/b; got 0")]
    [InlineData("compare run", "got 1")]
    [InlineData("compare run run none", "compare: none: holds no finished run")]
    [InlineData("compare run none", "compare: none: holds no finished run")]
    [InlineData("compare run run --jsn", "--jsn: unknown option; did you mean '--json'?")]
    public async Task What_is_no_pair_of_runs_is_one_line(string arguments, string expected)
    {
        var result = await MoeCommand.Run(run.Workspace, arguments.Split(' '));

        result.Errors.ShouldHaveSingleItem().ShouldContain(expected);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
    }
}
