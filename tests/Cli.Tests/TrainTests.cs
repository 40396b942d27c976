using System.Security.Cryptography;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Tests;

public sealed class TrainTests
{
    private static readonly string[] s_contract =
    [
        "runId", "specHash", "numericsVersion", "seed", "dataSeed", "steps", "stopStep", "stopReason", "finalLoss", "trainAccuracy",
        "testAccuracy", "testAccuracyWithoutNoise", "dispatchEntropy", "dispatchCounts", "weightsSha256", "silos", "shards", "threads",
        "dispatch", "wallSeconds", "stepMillisecondsMedian", "computeShare", "recoveries", "bestLoss", "name", "measuredSteps", "liveExperts", "loadEntropy", "mutualInformation",
    ];

    [Fact]
    public async Task Json_is_one_object_with_the_whole_contract_and_writes_no_file()
    {
        using var workspace = new Workspace();

        var result = await MoeProcess.Train(workspace, "--json", "--shards", "2", "--threads", "1", "--seed", "4");

        var summary = result.Json;
        summary.EnumerateObject().Select(property => property.Name).ShouldBe(s_contract);
        summary.GetProperty("runId").GetString()!.ShouldMatch($"^{summary.GetProperty("specHash").GetString()![..12]}-[0-9a-f]{{8}}$");
        summary.GetProperty("stopReason").GetString().ShouldBe("steps");
        summary.GetProperty("dispatch").GetString().ShouldBe("reference");
        summary.GetProperty("seed").GetInt64().ShouldBe(4);
        summary.GetProperty("steps").GetInt32().ShouldBe(10);
        summary.GetProperty("shards").GetInt32().ShouldBe(2);
        summary.GetProperty("threads").GetInt32().ShouldBe(1);
        summary.GetProperty("dispatchCounts").EnumerateArray().SelectMany(row => row.EnumerateArray()).Sum(count => count.GetInt32()).ShouldBe(2000);
        result.Output.TrimEnd().ShouldNotContain('\n');
        workspace.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_weights_are_the_same_bits_however_the_run_is_spread()
    {
        using var workspace = new Workspace();
        var hashes = new List<string>();
        foreach (var (shards, threads) in new[] { ("1", "1"), ("2", "2"), ("3", "1"), ("8", "2") })
            hashes.Add((await MoeCommand.Train(workspace, "--json", "--shards", shards, "--threads", threads)).Json.GetProperty("weightsSha256").GetString()!);

        hashes.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Output_has_every_file_and_they_agree()
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Train(workspace, "--output", "new/out", "--json");

        var sha = result.Json.GetProperty("weightsSha256").GetString()!;
        workspace.Entries.ShouldBe(RunFolder.Files.Select(file => Path.Combine("new", "out", file)).Concat(["new", Path.Combine("new", "out")]).Order());

        var specification = await File.ReadAllTextAsync(workspace.At("new", "out", "specification.json"), TestContext.Current.CancellationToken);
        var spec = RunSpecJson.Parse(specification, "specification.json");
        SpecHash.Of(spec).ShouldBe(result.Json.GetProperty("specHash").GetString());

        var (tensors, metadata, data) = RawSafetensors.Read(workspace.At("new", "out", "weights.safetensors"));
        tensors.Take(3).Select(tensor => tensor.Name).ShouldBe(["router.weight", "experts.0.weight", "experts.0.bias"]);
        tensors.Count.ShouldBe(1 + (2 * spec.Model.Experts));
        tensors[0].Shape.ShouldBe([8, 50]);
        tensors[1].Shape.ShouldBe([16, 50]);
        metadata["specHash"].ShouldBe(SpecHash.Of(spec));
        Convert.ToHexStringLower(SHA256.HashData(data)).ShouldBe(sha);

        using var stream = File.OpenRead(workspace.At("new", "out", "run.msgpack"));
        var record = RunRecord.Read(stream);
        record.Format.ShouldBe(RunRecord.CurrentFormat);
        record.Specification.ShouldBe(specification);
        record.Deployment.ShouldBe(new Deployment(1, 1, record.Summary.Threads, DispatchMode.Reference));
        SummaryJson.Write(record.Summary, indented: false).ShouldBe(result.Output.TrimEnd());
        (await File.ReadAllTextAsync(workspace.At("new", "out", "summary.json"), TestContext.Current.CancellationToken)).ShouldBe(SummaryJson.Write(record.Summary, indented: true) + "\n");

        using var rows = new StringWriter();
        MetricsFile.Write(rows, record.Steps);
        var metrics = await File.ReadAllTextAsync(workspace.At("new", "out", "metrics.csv"), TestContext.Current.CancellationToken);
        metrics.ShouldBe(rows.ToString());
        metrics.TrimEnd().Split('\n').Length.ShouldBe(1 + 10);
    }

    [Fact]
    public async Task A_single_model_has_the_weights_of_its_smallest_loss_too()
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Train(workspace, "--model", "single", "--output", "out", "--json");

        workspace.Entries.ShouldBe(RunFolder.Files.Append("best-weights.safetensors").Select(file => Path.Combine("out", file)).Append("out").Order());
        var (_, _, data) = RawSafetensors.Read(workspace.At("out", "best-weights.safetensors"));
        var best = result.Json.GetProperty("bestLoss");
        Convert.ToHexStringLower(SHA256.HashData(data)).ShouldBe(best.GetProperty("weightsSha256").GetString());
        best.GetProperty("step").GetInt64().ShouldBeInRange(0, 9);

        // A mixture in its place leaves none of them behind.
        await MoeCommand.Train(workspace, "--output", "out", "--overwrite");
        workspace.Entries.ShouldBe(RunFolder.Files.Select(file => Path.Combine("out", file)).Append("out").Order());
    }

    [Fact]
    public async Task Several_experts_without_a_router_have_a_report_too()
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Train(workspace, "--set", "routing.gate=one", "--experts", "2", "--output", "out", "--report");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        File.Exists(workspace.At("out", "report.html")).ShouldBeTrue();
        Directory.GetFiles(workspace.At("out", "figures")).ShouldNotContain(file => file.Contains("router", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_report_comes_with_the_runs_files_and_changes_no_bit()
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Train(workspace, "--output", "out", "--report", "--json");

        (await File.ReadAllTextAsync(workspace.At("out", "report.html"), TestContext.Current.CancellationToken)).ShouldContain(result.Json.GetProperty("weightsSha256").GetString()!);
        Directory.GetFiles(workspace.At("out", "figures"), "*.svg").Length.ShouldBeGreaterThan(5);
        Directory.GetFiles(workspace.At("out", "figures"), "*.png").Length.ShouldBe(Directory.GetFiles(workspace.At("out", "figures"), "*.svg").Length);
        var plain = await MoeCommand.Train(workspace, "--json");
        plain.Json.GetProperty("weightsSha256").GetString().ShouldBe(result.Json.GetProperty("weightsSha256").GetString());
    }

    [Fact]
    public async Task Overwrite_replaces_the_files_of_a_run_and_no_other()
    {
        using var workspace = new Workspace();
        workspace.Write("out/notes.txt", "mine");
        workspace.Write("out/metrics.csv", "old");
        workspace.Write("out/summary.json", "old");

        var result = await MoeCommand.Train(workspace, "--output", "out", "--overwrite", "--json");

        result.Json.GetProperty("steps").GetInt32().ShouldBe(10);
        workspace.Entries.ShouldBe([.. RunFolder.Files.Append("notes.txt").Select(file => Path.Combine("out", file)).Append("out").Order()]);
        (await File.ReadAllTextAsync(workspace.At("out", "notes.txt"), TestContext.Current.CancellationToken)).ShouldBe("mine");
        (await File.ReadAllTextAsync(workspace.At("out", "metrics.csv"), TestContext.Current.CancellationToken)).ShouldStartWith("step,loss,");
    }

    [Fact]
    public async Task Piped_output_is_a_plain_table_and_progress_goes_to_standard_error()
    {
        using var workspace = new Workspace();

        var result = await MoeProcess.Run(workspace, [.. MoeProcess.SmallRun[..^2], "--steps", "60", "--experts", "3"]);

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Output.All(char.IsAscii).ShouldBeTrue();
        result.Output.ShouldNotContain('\e');
        result.Output.ShouldContain("all 60 steps done");
        result.Output.ShouldMatch(@"(?m)^weights SHA-256 +[0-9a-f]{64}$");
        result.Output.ShouldMatch(@"(?m)^\| cluster \| +e0 \| +e1 \| +e2 \| main expert \| share \|$");
        result.Output.ShouldMatch(@"(?m)^\| 3 +\|( +\d+ \|){3} +e\d \| +\d+ % \|$");
        result.Errors.ShouldContain(line => line.StartsWith("step 50/60   loss ", StringComparison.Ordinal));
    }
}
