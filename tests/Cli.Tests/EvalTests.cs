using System.Text.Json;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe eval and moe predict on a trained run.</summary>
public sealed class EvalTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private static readonly string[] s_eval = ["eval", "--weights", "run/weights.safetensors"];

    [Theory]
    [InlineData()]
    [InlineData("--data", "data")]
    public async Task The_runs_own_test_samples_give_the_accuracies_of_its_summary(params string[] data)
    {
        var result = await MoeCommand.Run(run.Workspace, [.. s_eval, .. data, "--json"]);

        var (summary, evaluation) = (run.Result.Json, result.Json);
        evaluation.GetProperty("weightsSha256").GetString().ShouldBe(summary.GetProperty("weightsSha256").GetString());
        evaluation.GetProperty("version").GetInt64().ShouldBe(10);
        evaluation.GetProperty("clusters").GetInt32().ShouldBe(4);
        foreach (var (part, name) in new[] { ("withNoise", "testAccuracy"), ("withoutNoise", "testAccuracyWithoutNoise") })
        {
            var routed = evaluation.GetProperty(part);
            routed.GetProperty("accuracy").GetDouble().ShouldBe(summary.GetProperty(name).GetDouble());
            var confusion = Rows(routed.GetProperty("confusion"));
            (100.0 * (confusion[0][0] + confusion[1][1]) / 500).ShouldBe(routed.GetProperty("accuracy").GetDouble(), 1e-9);
            confusion.Select(row => row.Sum()).ShouldBe([ExportedData.Data.Test.Labels.Count(label => label == 0), ExportedData.Data.Test.Labels.Count(label => label == 1)]);
            var dispatch = Rows(routed.GetProperty("dispatch"));
            dispatch.Select(row => row.Sum()).ShouldBe(Enumerable.Range(0, 4).Select(k => (double)ExportedData.Data.Test.Cluster.Count(cluster => cluster == k)));
            dispatch.ShouldAllBe(row => row.Length == 8);
            routed.GetProperty("dispatchEntropy").GetDouble().ShouldBeInRange(0.1, Math.Log(4));
        }

        Rows(evaluation.GetProperty("unroutedAccuracy")).ShouldAllBe(row => row.Length == 8 && row.All(percent => percent >= 0 && percent <= 100));
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused()
    {
        using var workspace = new Workspace();
        var name = $"{new string('x', 300)}.csv";
        var result = await MoeCommand.Run(workspace, "predict", "--weights", run.Workspace.At("run", "weights.safetensors"), "--data", run.Workspace.At("data"), "--output", name);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldBe($"--output: '{name}' is too long; name a file with a shorter name");
        workspace.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Weights_that_are_read_with_another_specification_are_told()
    {
        using var workspace = new Workspace();
        var specification = await File.ReadAllTextAsync(run.Workspace.At("run", "specification.json"), TestContext.Current.CancellationToken);
        workspace.Write("relu.json", specification.Replace("\"cubic\"", "\"relu\"", StringComparison.Ordinal));
        var weights = run.Workspace.At("run", "weights.safetensors");

        (await MoeCommand.Run(run.Workspace, [.. s_eval, "--json"])).Errors.ShouldBeEmpty();
        var other = await MoeCommand.Run(workspace, "eval", "--weights", weights, "--spec", "relu.json", "--json");
        other.Errors.ShouldHaveSingleItem().ShouldContain("was trained with another specification or numerics version; the result below may not be that of the trained model");
        other.Json.GetProperty("version").GetInt64().ShouldBe(10);
    }

    [Fact]
    public async Task Without_clusters_entropy_is_null_and_said_to_be_unknown()
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace, clusters: false);
        var weights = run.Workspace.At("run", "weights.safetensors");

        var json = (await MoeCommand.Run(workspace, "eval", "--weights", weights, "--data", "data", "--json")).Json;
        json.GetProperty("withNoise").GetProperty("dispatchEntropy").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("withNoise").GetProperty("accuracy").GetDouble().ShouldBe(run.Result.Json.GetProperty("testAccuracy").GetDouble());
        var table = await MoeProcess.Run(workspace, "eval", "--weights", weights, "--data", "data");
        table.Output.ShouldMatch("(?m)^dispatch entropy +not known: the data have no clusters$");
        table.Output.All(char.IsAscii).ShouldBeTrue();
    }

    [Fact]
    public async Task Classes_are_shown_with_their_names()
    {
        using var workspace = new Workspace();
        var weights = run.Workspace.At("run", "weights.safetensors");
        var trained = RunSpecJson.Parse(await File.ReadAllTextAsync(run.Workspace.At("run", "specification.json"), TestContext.Current.CancellationToken), "run");
        var named = new DataSpec { Source = DataSource.Files, Path = "data", Sha256 = new('0', 64), ClassNames = "no, \"never\"|[yes]", Train = trained.Data.Train, Test = trained.Data.Test };
        workspace.Write("named.json", RunSpecJson.Write(trained with { Data = named }));

        (await MoeCommand.Run(workspace, "predict", "--weights", weights, "--spec", "named.json", "--data", run.Workspace.At("data"), "--output", "p.csv")).ExitCode.ShouldBe(0);

        var lines = await File.ReadAllLinesAsync(workspace.At("p.csv"), TestContext.Current.CancellationToken);
        lines[0].ShouldBe("sample,class,expert,name");
        lines[1..].Select(line => line.Split(',', 4)).ShouldAllBe(cells => cells[3] == (cells[1] == "0" ? "\"no, \"\"never\"\"\"" : "[yes]"));
        var table = await MoeProcess.Run(workspace, "eval", "--weights", weights, "--spec", "named.json", "--data", run.Workspace.At("data"));
        table.Output.ShouldMatch(@"(?m)^\| 1 \[yes\] +\|");
    }

    [Fact]
    public async Task Predictions_are_those_that_the_evaluation_counts_and_need_inputs_alone()
    {
        using var workspace = new Workspace();
        File.Copy(run.Workspace.At("data", "test_x.npy"), workspace.At("x.npy"));
        Directory.CreateDirectory(workspace.At("folder"));
        File.Copy(run.Workspace.At("data", "test_x.npy"), workspace.At("folder", "test_x.npy"));
        var weights = run.Workspace.At("run", "weights.safetensors");

        (await MoeCommand.Run(workspace, "predict", "--weights", weights, "--data", "x.npy", "--output", "p.npy")).Output.Trim().ShouldBe("500 predictions in p.npy");
        (await MoeCommand.Run(workspace, "predict", "--weights", weights, "--data", "folder", "--output", "p.csv")).ExitCode.ShouldBe(0);

        var predictions = NpyFile.Read<int>(workspace.At("p.npy"), "samples x 2", 500, 2);
        var lines = await File.ReadAllLinesAsync(workspace.At("p.csv"), TestContext.Current.CancellationToken);
        lines.ShouldBe(["sample,class,expert", .. Enumerable.Range(0, 500).Select(i => $"{i},{predictions[i][0]},{predictions[i][1]}")]);
        var routed = (await MoeCommand.Run(run.Workspace, [.. s_eval, "--json"])).Json.GetProperty("withoutNoise");
        var (confusion, dispatch) = (Rows(routed.GetProperty("confusion")), Rows(routed.GetProperty("dispatch")));
        for (var c = 0; c < 2; c++) Enumerable.Range(0, 500).Count(i => predictions[i][0] == c).ShouldBe((int)(confusion[0][c] + confusion[1][c]));
        for (var m = 0; m < 8; m++) Enumerable.Range(0, 500).Count(i => predictions[i][1] == m).ShouldBe((int)dispatch.Sum(row => row[m]));
        workspace.Entries.ShouldBe(["folder", Path.Combine("folder", "test_x.npy"), "p.csv", "p.npy", "x.npy"]);

        var refused = await MoeCommand.Run(workspace, "predict", "--weights", weights, "--data", "x.npy", "--output", "p.csv");
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldHaveSingleItem().ShouldBe("--output: there is a file 'p.csv'; name another, or add --overwrite");
        (await MoeCommand.Run(workspace, "predict", "--weights", weights, "--data", "x.npy", "--output", "p.csv", "--overwrite")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Predictions_have_probabilities_scores_and_top_experts_on_request()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("named"));
        File.Copy(run.Workspace.At("data", "test_x.npy"), workspace.At("named", "test_x.npy"));
        workspace.Write("named/classes.txt", "no, never\nyes\n");
        string[] predict = ["predict", "--weights", run.Workspace.At("run", "weights.safetensors"), "--probabilities", "--router-scores", "--top-experts", "3", "--data"];

        (await MoeCommand.Run(workspace, [.. predict, "named", "--output", "p.csv"])).ExitCode.ShouldBe(0);
        (await MoeCommand.Run(workspace, [.. predict, "named/test_x.npy", "--output", "p.npy"])).ExitCode.ShouldBe(0);

        var lines = await File.ReadAllLinesAsync(workspace.At("p.csv"), TestContext.Current.CancellationToken);
        lines[0].ShouldBe("sample,class,expert,name,\"p_no, never\",p_yes,gate,score_0,score_1,score_2,score_3,score_4,score_5,score_6,score_7,top1_expert,top1_p,top2_expert,top2_p,top3_expert,top3_p");
        var rows = NpyFile.Read<float>(workspace.At("p.npy"), "samples x 19", 500, 19);
        for (var i = 0; i < 500; i++)
        {
            var row = rows[i].ToArray();
            // A name with a comma is in quotes.
            var cells = lines[i + 1].Replace("\"no, never\"", "no", StringComparison.Ordinal).Split(',');
            cells[3].ShouldBe(cells[1] == "0" ? "no" : "yes");
            float[] written = [.. cells[1..3].Concat(cells[4..]).Select(cell => float.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))];
            written.ShouldBe(row);
            (row[2] + row[3]).ShouldBe(1, 1e-6);
            if (row[2] != row[3]) row[0].ShouldBe(row[3] > row[2] ? 1 : 0);
            var scores = row[5..13];
            scores[(int)row[1]].ShouldBe(scores.Max());
            // The gate is the score without noise; the experts come in the order of their scores.
            (row[4], row[13]).ShouldBe((scores.Max(), row[1]));
            ((float[])[row[14], row[16], row[18]]).ShouldBeInOrder(SortDirection.Descending);
            row[14].ShouldBe((float)(1 / scores.Sum(score => Math.Exp(score - scores.Max()))), 1e-6);
        }
    }

    [Theory]
    [InlineData("eval", "--weights: is missing; name a run's weights")]
    [InlineData("eval --weights run", "--weights: 'run' is a folder; name a .safetensors file in it")]
    [InlineData("eval --weights none", "--weights: there is no file 'none'")]
    [InlineData("eval --weights alone.safetensors", "--weights: there is no specification.json next to 'alone.safetensors'; name it with --spec FILE")]
    [InlineData("eval --weights alone.safetensors --spec other.json", "tensor 'router.weight' must be (5, 50) by its specification, got (8, 50)")]
    [InlineData("eval --weights data/test_y.npy --spec run/specification.json", "--weights: data/test_y.npy: no safetensors file, or truncated")]
    [InlineData("eval --weights run/weights.safetensors --spec none.json", "--spec: there is no file 'none.json'; name the specification.json of the run that the weights are of")]
    [InlineData("eval --weights run/weights.safetensors --data none", "--data: none: no such folder")]
    [InlineData("eval --weights run/weights.safetensors --data small", "--data: samples must be 4 x 50 (patches x dim), as the model was trained on, got 2 x 3 in 'small'")]
    [InlineData("predict --weights run/weights.safetensors --output p.csv", "--data: is missing")]
    [InlineData("predict --weights run/weights.safetensors --data data", "--output: is missing")]
    [InlineData("predict --weights run/weights.safetensors --data data --output p.txt", "--output: must end with .npy or .csv, got 'p.txt'")]
    [InlineData("predict --weights run/weights.safetensors --data data --output p.csv --top-experts 9", "--top-experts: must be 1 to 8, the model's experts; got 9")]
    [InlineData("predict --weights run/weights.safetensors --data small/test_x.npy --output p.csv", "--data: samples must be 4 x 50")]
    [InlineData("predict --weights run/weights.safetensors --data none.npy --output p.csv", "--data: none.npy: no such file or folder")]
    [InlineData("predict --weights run/weights.safetensors --data data/test_x.npy --output data/../data/test_x.npy --overwrite", "is read, and would be overwritten; name another file")]
    [InlineData("predict --weights run/weights.safetensors --data data --output data/test_x.npy --overwrite", "is read, and would be overwritten; name another file")]
    [InlineData("predict --weights run/weights.safetensors --data data --output none/p.csv", "--output: nothing can be created in '")]
    public async Task What_does_not_fit_is_one_line(string arguments, string expected)
    {
        using var workspace = new Workspace();
        foreach (var folder in (string[])["run", "data"])
        {
            Directory.CreateDirectory(workspace.At(folder));
            foreach (var file in Directory.GetFiles(run.Workspace.At(folder))) File.Copy(file, workspace.At(folder, Path.GetFileName(file)));
        }

        File.Copy(workspace.At("run", "weights.safetensors"), workspace.At("alone.safetensors"));
        workspace.Write("other.json", """{ "model": { "experts": 5 } }""");
        Directory.CreateDirectory(workspace.At("small"));
        NpyFile.Write<float>(workspace.At("small", "test_x.npy"), new float[30], 5, 2, 3);
        NpyFile.Write<int>(workspace.At("small", "test_y.npy"), new int[5], 5);
        var before = workspace.Entries.ToArray();

        var result = await MoeCommand.Run(workspace, arguments.Split(' '));

        result.Errors.ShouldHaveSingleItem().ShouldContain(expected);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        workspace.Entries.ShouldBe(before);
    }

    private static double[][] Rows(JsonElement matrix) => [.. matrix.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
}
