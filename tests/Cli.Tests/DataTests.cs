using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Cli.Tests;

/// <summary>Training on data from files.</summary>
public sealed class DataTests
{
    [Fact]
    public async Task Files_of_generated_data_give_its_weights_and_the_saved_specification_gives_them_again()
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace);
        var generated = (await MoeCommand.Train(workspace, "--json")).Json;

        var fromFiles = (await MoeCommand.Run(workspace, [.. ExportedData.SmallRun, "--shards", "3", "--output", "out", "--json"])).Json;
        foreach (var name in (string[])["weightsSha256", "finalLoss", "dispatchEntropy", "testAccuracy", "testAccuracyWithoutNoise"])
            fromFiles.GetProperty(name).ToString().ShouldBe(generated.GetProperty(name).ToString(), name);
        fromFiles.GetProperty("specHash").GetString().ShouldNotBe(generated.GetProperty("specHash").GetString());

        // From another folder: the saved path is whole.
        using var elsewhere = new Workspace();
        var again = (await MoeCommand.Run(elsewhere, "train", "--spec", workspace.At("out", "specification.json"), "--json")).Json;
        again.GetProperty("weightsSha256").GetString().ShouldBe(generated.GetProperty("weightsSha256").GetString());
        again.GetProperty("specHash").GetString().ShouldBe(fromFiles.GetProperty("specHash").GetString());

        NpyFile.Write<int>(workspace.At("data", "test_y.npy"), [.. ExportedData.Data.Test.Labels.Select(label => 1 - label)], 500);
        var changed = await MoeCommand.Run(workspace, "train", "--spec", "out/specification.json");
        changed.ExitCode.ShouldBe(2);
        changed.Errors.ShouldHaveSingleItem().ShouldContain("they have changed, or are others; leave it out to take them as they are");
        changed.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_cluster_files_the_summary_does_not_pretend_to_know_them()
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace, clusters: false);

        var result = await MoeProcess.Run(workspace, ExportedData.SmallRun);

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Output.ShouldMatch("(?m)^dispatch entropy +not known: the data have no clusters$");
        result.Output.ShouldContain("samples at experts e0, e1, ...: last training pass");
        result.Output.ShouldMatch(@"(?m)^\| all +\|");
    }

    [Fact]
    public async Task Standardized_inputs_give_the_weights_of_inputs_that_were_standardized_before_and_are_standardized_for_predictions()
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace);
        ExportedData.Write(workspace, folder: "standardized");
        var statistics = Standardization.Of(ExportedData.Data.Train);
        var standardized = statistics.Apply(ExportedData.Data, "data");
        foreach (var (set, samples) in new[] { ("train", standardized.Train), ("test", standardized.Test) })
            NpyFile.Write(workspace.At("standardized", $"{set}_x.npy"), samples.Inputs.Span, samples.Count, samples.Patches, samples.Dim);
        string[] small = [.. ExportedData.SmallRun, "--set", "training.keepBest=true", "--json"];

        var by = (await MoeCommand.Run(workspace, [.. small, "--standardize", "--shards", "3", "--output", "by"])).Json;
        var before = (await MoeCommand.Run(workspace, [.. small.Select(argument => argument == "data" ? "standardized" : argument), "--output", "before"])).Json;
        foreach (var name in (string[])["weightsSha256", "finalLoss", "testAccuracy", "testAccuracyWithoutNoise"]) by.GetProperty(name).ToString().ShouldBe(before.GetProperty(name).ToString(), name);
        by.GetProperty("specHash").GetString().ShouldNotBe(before.GetProperty("specHash").GetString());
        foreach (var file in (string[])["weights.safetensors", "best-weights.safetensors"])
            SafetensorsReader.Read(workspace.At("by", file)).Tensors.Single(tensor => tensor.Name == "input.deviation").Values.ShouldBe(statistics.Deviation);

        (await MoeCommand.Run(workspace, "predict", "--weights", "by/weights.safetensors", "--data", "data", "--output", "by.csv")).ExitCode.ShouldBe(0);
        (await MoeCommand.Run(workspace, "predict", "--weights", "before/weights.safetensors", "--data", "standardized", "--output", "before.csv")).ExitCode.ShouldBe(0);
        File.ReadAllText(workspace.At("by.csv")).ShouldBe(File.ReadAllText(workspace.At("before.csv")));
        foreach (var data in (string[][])[[], ["--data", "data"]])
            (await MoeCommand.Run(workspace, ["eval", "--weights", "by/weights.safetensors", "--json", .. data])).Json.GetProperty("withNoise").GetProperty("accuracy").GetDouble().ShouldBe(by.GetProperty("testAccuracy").GetDouble());

        var other = await MoeCommand.Run(workspace, "eval", "--weights", "by/weights.safetensors", "--spec", "before/specification.json");
        other.Errors.ShouldHaveSingleItem().ShouldBe("--weights: by/weights.safetensors: holds the weights of standardized inputs, but data.standardize of its specification is false; set it to true");
        var missing = await MoeCommand.Run(workspace, "eval", "--weights", "before/weights.safetensors", "--spec", "by/specification.json");
        missing.Errors.ShouldHaveSingleItem().ShouldBe("--weights: before/weights.safetensors: has no tensor 'input.mean', which its specification asks for");
    }

    [Fact]
    public async Task Classes_that_no_training_sample_has_get_a_note()
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace);
        NpyFile.Write<int>(workspace.At("data", "train_y.npy"), [.. ExportedData.Data.Train.Labels.Select(label => 2 * label)], 2000);

        var result = await MoeCommand.Run(workspace, "spec", "--data", "data");

        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldHaveSingleItem().ShouldBe("--data: no training sample in 'data' is of class 1; classes count from 0 to 2");
    }

    [Fact]
    public async Task Data_in_other_forms_are_converted_with_one_line_that_says_so()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("data"));
        workspace.Write("data/train.csv", "a,b,label\n1,2,0\n3,4,1\n");
        workspace.Write("data/test.csv", "a,b,label\n5,6,0\n");

        var result = await MoeCommand.Run(workspace, "spec", "--data", "data", "--set", "training.block=16");

        result.Errors.ShouldHaveSingleItem().ShouldBe("--data: converted train.csv: table (2, 2) and classes in 'label' to 1 x 2 (patches x dim) float32; test.csv: table (1, 2) and classes in 'label' to 1 x 2 (patches x dim) float32");
        result.ExitCode.ShouldBe(0);
        result.Json.GetProperty("data").GetProperty("dim").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_model_refuses_CSV_files_with_columns_in_another_order()
    {
        using var workspace = new Workspace();
        foreach (var folder in (string[])["data", "other"]) Directory.CreateDirectory(workspace.At(folder));
        workspace.Write("data/train.csv", "a,b,label\n1,2,0\n3,4,1\n");
        workspace.Write("data/test.csv", "a,b,label\n5,6,0\n");
        workspace.Write("other/test.csv", "b,label,a\n6,0,5\n");
        (await MoeCommand.Run(workspace, "train", "--data", "data", "--set", "training.block=16", "--steps", "2", "--output", "run")).ExitCode.ShouldBe(0);
        string[] predict = ["predict", "--weights", "run/weights.safetensors", "--output", "p.csv", "--data"];
        string[] eval = ["eval", "--weights", "run/weights.safetensors", "--data"];
        var before = workspace.Entries.ToArray();

        foreach (var arguments in (string[][])[[.. predict, "other/test.csv"], [.. predict, "other"], [.. eval, "other"]])
        {
            var refused = await MoeCommand.Run(workspace, arguments);
            refused.Errors.ShouldHaveSingleItem().ShouldBe("--data: other/test.csv: columns must be those of the training data in the same order, 'a', 'b', got 'b' where 'a' is; reorder them: data.columns of the model's specification lists them");
            refused.ExitCode.ShouldBe(2);
            refused.Output.ShouldBeEmpty();
        }

        workspace.Entries.ShouldBe(before);
        foreach (var arguments in (string[][])[[.. predict, "data"], [.. eval, "data"], eval[..^1]]) (await MoeCommand.Run(workspace, arguments)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Data_info_shows_what_a_folder_holds()
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace);

        var text = await MoeCommand.Run(workspace, "data", "info", "data");
        var json = (await MoeCommand.Run(workspace, "data", "info", "data", "--json")).Json;

        text.ExitCode.ShouldBe(0);
        text.Output.ShouldMatch(@"(?m)^\| train_x.npy +\| float32 \| 2000 x 4 x 50 +\|$");
        text.Output.ShouldMatch("(?m)^test: 500 samples of 4 x 50 \\(patches x dim\\), inputs from -[0-9.]+ to [0-9.]+, mean -?[0-9.]+$");
        text.Output.ShouldContain("no problems found");
        json.GetProperty("sets")[1].GetProperty("samples").GetInt32().ShouldBe(500);
        json.GetProperty("clusters").GetArrayLength().ShouldBe(4);
        var refused = await MoeCommand.Run(workspace, "data", "info", "none");
        (refused.ExitCode, refused.Errors.ShouldHaveSingleItem()).ShouldBe((2, "data info: none: no such folder"));
    }

    [Fact]
    public async Task Files_that_change_under_the_run_are_reported_after_its_result_is_written()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no kill.");
        using var workspace = new Workspace();
        ExportedData.Write(workspace);
        string[] endless = [.. ExportedData.SmallRun, "--set", "training.stop.enabled=false", "--output", "out"];
        using var process = MoeProcess.Start(workspace, [.. endless.Select(argument => argument == "10" ? "1000000" : argument)]);
        await process.WaitForError("step 50/");
        NpyFile.Write<int>(workspace.At("data", "test_y.npy"), [.. ExportedData.Data.Test.Labels.Select(label => 1 - label)], 500);
        await process.Signal("INT");

        var result = await process.End();

        result.ExitCode.ShouldBe(1);
        result.Errors[^1].ShouldStartWith($"moe: {workspace.At("data")}: the files have changed: ");
        result.Errors[^1].ShouldEndWith("this was done under the run, whose result is that of no data: train again");
        File.Exists(workspace.At("out", "summary.json")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("train --data none", "--data: none: no such folder")]
    [InlineData("train --data data/train_x.npy", "--data: data/train_x.npy: is a file; name its folder")]
    [InlineData("train --data empty", "no such file; a folder of data needs train_x.npy, train_y.npy, test_x.npy and test_y.npy")]
    [InlineData("train --data nan", "train_x.npy: numbers must be finite as float32, got NaN in sample 7, patch 1, element 3")]
    [InlineData("train --data data --setting 1", "--setting: data.setting says how data is made and has no meaning for data from files; leave it out")]
    [InlineData("train --data data --data-seed 2", "--data-seed: data.seed says how data is made")]
    [InlineData("train --data data --set data.sigma=1", "--set data.sigma: data.sigma says how data is made")]
    [InlineData("train --data data --set data.test=400", "--set data.test: data.test must be 500, as in the files in '")]
    [InlineData("spec --data data --set data.dim=51", "--set data.dim: data.dim must be 50, as in the files in '")]
    [InlineData("train --set data.source=files", "--set data.source: data.path must name the folder of the files where data.source is files")]
    [InlineData("train --set data.path=data", "--set data.path: data.path must be empty where data.source is clusters")]
    [InlineData("train --data data --minibatch 2001", "--minibatch: training.minibatch must be at most 2000")]
    [InlineData("train --data", "--data: needs a value")]
    [InlineData("train --standardize", "--standardize: data.standardize must be false where data.source is clusters")]
    public async Task One_line_says_what_is_wrong_before_anything_is_started(string arguments, string expected)
    {
        using var workspace = new Workspace();
        ExportedData.Write(workspace);
        ExportedData.Write(workspace, folder: "nan");
        var inputs = ExportedData.Data.Train.Inputs.ToArray();
        inputs[(((7 * 4) + 1) * 50) + 3] = float.NaN;
        NpyFile.Write<float>(workspace.At("nan", "train_x.npy"), inputs, 2000, 4, 50);
        Directory.CreateDirectory(workspace.At("empty"));
        var before = workspace.Entries.ToArray();

        var result = await MoeCommand.Run(workspace, arguments.Split(' '));

        result.Errors.ShouldHaveSingleItem().ShouldContain(expected);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        workspace.Entries.ShouldBe(before);
    }
}
