using System.Text.Json;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Cli.Tests;

/// <summary>MLPs on data of ten classes.</summary>
public sealed class MlpTests
{
    private const int Classes = 10;
    private const int Dim = 20;

    private static readonly string[] s_train = ["train", "--data", "data", "--recipe", "reference", "--expert", "mlp", "--hidden", "40", "--steps", "60", "--set", "training.block=64"];

    [Fact]
    public async Task A_run_trains_is_reported_evaluated_and_compared()
    {
        using var workspace = new Workspace();
        WriteData(workspace);

        var summary = (await MoeCommand.Run(workspace, [.. s_train, "--output", "run", "--report", "--json"])).Json;
        var accuracy = summary.GetProperty("testAccuracyWithoutNoise").GetDouble();
        accuracy.ShouldBeGreaterThan(80);
        var report = await File.ReadAllTextAsync(workspace.At("run", "report.html"), TestContext.Current.CancellationToken);
        report.ShouldContain("MoE of MLPs, 40 hidden units, data from files");
        report.ShouldNotContain("published");

        var evaluation = (await MoeCommand.Run(workspace, "eval", "--weights", "run/weights.safetensors", "--json")).Json.GetProperty("withoutNoise");
        evaluation.GetProperty("accuracy").GetDouble().ShouldBe(accuracy);
        evaluation.GetProperty("confusion").EnumerateArray().Count().ShouldBe(Classes);
        (await MoeCommand.Run(workspace, "predict", "--weights", "run/weights.safetensors", "--data", "data/test_x.npy", "--output", "classes.csv")).ExitCode.ShouldBe(0);
        var predicted = (await File.ReadAllLinesAsync(workspace.At("classes.csv"), TestContext.Current.CancellationToken)).Skip(1).Select(line => int.Parse(line.Split(',')[1]));
        (predicted.Index().Count(it => it.Item == it.Index % Classes) / 2.0).ShouldBe(accuracy);

        (await MoeCommand.Run(workspace, [.. s_train, "--output", "spread", "--shards", "5", "--threads", "2"])).ExitCode.ShouldBe(0);
        var comparison = await MoeProcess.Run(workspace, "compare", "run", "spread");
        comparison.Output.ShouldContain("weights: the same bits");
        comparison.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_specification_takes_the_classes_from_the_files_and_a_patch_CNN_has_them_too()
    {
        using var workspace = new Workspace();
        WriteData(workspace);
        foreach (var kind in (string[])["mlp", "cnn"])
        {
            var spec = await MoeCommand.Run(workspace, "spec", "--data", "data", "--expert", kind);
            using var json = JsonDocument.Parse(spec.Output);
            json.RootElement.GetProperty("model").GetProperty("outputs").GetInt32().ShouldBe(Classes, kind);
        }

        (await MoeCommand.Run(workspace, "train", "--data", "data", "--steps", "3", "--set", "training.block=64")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("train --hidden 64", "--hidden: model.hidden has no meaning where model.expert is cnn; leave it out")]
    [InlineData("train --expert mlp --filters 8", "--filters: model.filters has no meaning where model.expert is mlp; leave it out")]
    [InlineData("train --expert mlp --activation gelu", "--activation: model.activation must be relu where model.expert is mlp, got gelu; leave it out")]
    [InlineData("train --expert mpl", "--expert: unknown 'mpl'; one of cnn, mlp; did you mean 'mlp'?")]
    [InlineData("train --expert mlp --hidden 0", "--hidden: must be 1 to 65,536, got 0")]
    [InlineData("train --data data --recipe paper", "model.loss logistic has two classes, but the labels in '")]
    [InlineData("train --data data --set model.outputs=9", "--set model.outputs: model.outputs must be at least 10, for the labels in '")]
    public async Task One_line_says_what_is_wrong(string arguments, string expected)
    {
        using var workspace = new Workspace();
        WriteData(workspace);

        var result = await MoeCommand.Run(workspace, arguments.Split(' '));

        result.Errors.ShouldHaveSingleItem().ShouldContain(expected);
        result.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_model_is_not_evaluated_on_classes_that_it_does_not_have()
    {
        using var workspace = new Workspace();
        WriteData(workspace);
        (await MoeCommand.Train(workspace, "--output", "run")).ExitCode.ShouldBe(0);
        NpyFile.Write<float>(workspace.At("data", "test_x.npy"), new float[200 * 200], 200, 4, 50);

        var result = await MoeCommand.Run(workspace, "eval", "--weights", "run/weights.safetensors", "--data", "data");

        result.Errors.ShouldHaveSingleItem().ShouldBe("--data: labels must be 0 to 1, the model's classes, got 9 in 'data'");
        result.ExitCode.ShouldBe(2);
    }

    /// <summary>Ten clouds around points of their own, in one patch.</summary>
    private static void WriteData(Workspace workspace)
    {
        Directory.CreateDirectory(workspace.At("data"));
        var random = new Random(1);
        var centres = Draw(Classes * Dim);
        foreach (var (set, count) in new[] { ("train", 600), ("test", 200) })
        {
            int[] labels = [.. Enumerable.Range(0, count).Select(i => i % Classes)];
            var noise = Draw(count * Dim);
            float[] inputs = [.. noise.Select((value, i) => centres[(labels[i / Dim] * Dim) + (i % Dim)] + (0.3f * value))];
            NpyFile.Write<float>(workspace.At("data", $"{set}_x.npy"), inputs, count, 1, Dim);
            NpyFile.Write<int>(workspace.At("data", $"{set}_y.npy"), labels, count);
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
