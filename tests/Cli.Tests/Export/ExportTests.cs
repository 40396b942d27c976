using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MoeOrleans.Cli.Commands;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Tests.Export;

/// <summary>moe export.</summary>
public sealed class ExportTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private string Weights => run.Workspace.At("run", "weights.safetensors");

    [Fact]
    public async Task A_trained_run_predicts_in_onnx_runtime_what_moe_predicts()
    {
        using var workspace = new Workspace();
        (await MoeCommand.Run(workspace, "export", "--weights", Weights, "--format", "onnx", "--output", "model.onnx")).Output.Trim().ShouldBe("model in model.onnx");
        (await MoeCommand.Run(workspace, "predict", "--weights", Weights, "--data", run.Workspace.At("data"), "--output", "p.npy")).ExitCode.ShouldBe(0);

        using var session = new InferenceSession(workspace.At("model.onnx"));
        var metadata = session.ModelMetadata.CustomMetadataMap;
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(ExportedData.Data.Test.Inputs.ToArray(), [500, 4, 50]))]);

        var predictions = NpyFile.Read<int>(workspace.At("p.npy"), "samples x 2", 500, 2);
        results.Single(result => result.Name == "class").AsTensor<long>().Select(value => (int)value).ShouldBe(Enumerable.Range(0, 500).Select(i => predictions[i][0]));
        results.Single(result => result.Name == "expert").AsTensor<long>().Select(value => (int)value).ShouldBe(Enumerable.Range(0, 500).Select(i => predictions[i][1]));
        metadata["weightsSha256"].ShouldBe(run.Result.Json.GetProperty("weightsSha256").GetString());
        metadata["specHash"].ShouldBe(run.Result.Json.GetProperty("specHash").GetString());
        JsonSerializer.Deserialize<string[]>(metadata["classNames"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_module_for_pytorch_is_written_next_to_the_weights()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("run"));
        foreach (var file in (string[])["weights.safetensors", "specification.json"]) File.Copy(run.Workspace.At("run", file), workspace.At("run", file));
        string[] export = ["export", "--weights", "run/weights.safetensors", "--format", "torch", "--output"];

        (await MoeCommand.Run(workspace, [.. export, "module"])).ExitCode.ShouldBe(0);
        (await MoeCommand.Run(workspace, [.. export, "run"])).ExitCode.ShouldBe(0);

        File.ReadAllBytes(workspace.At("module", "weights.safetensors")).ShouldBe(File.ReadAllBytes(Weights));
        var text = File.ReadAllText(workspace.At("module", "model.py"));
        text.ShouldBe(File.ReadAllText(workspace.At("run", "model.py")));
        text.ShouldNotContain("SETTINGS = {}");
        workspace.Entries.Count().ShouldBe(7);
        (await MoeCommand.Run(workspace, [.. export, "module"])).Errors.ShouldHaveSingleItem().ShouldEndWith("model.py'; name another, or add --overwrite");
        (await MoeCommand.Run(workspace, [.. export, "module", "--overwrite"])).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("--overwrite")]
    [InlineData("--format=torch")]
    public async Task The_weights_of_a_run_are_not_replaced_by_others(string option)
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("run"));
        foreach (var file in (string[])["weights.safetensors", "specification.json", "summary.json"]) File.Copy(run.Workspace.At("run", file), workspace.At("run", file));
        File.Copy(Weights, workspace.At("run", "best-weights.safetensors"));
        var before = File.GetLastWriteTimeUtc(workspace.At("run", "weights.safetensors"));

        string[] export = ["export", "--weights", "run/best-weights.safetensors", "--output", "run", .. option == "--overwrite" ? (string[])["--format", "torch", option] : [option]];
        var result = await MoeCommand.Run(workspace, export);

        result.Errors.ShouldHaveSingleItem().ShouldBe("--output: 'run' has a run, whose weights.safetensors would be replaced; name another folder");
        result.ExitCode.ShouldBe(2);
        File.GetLastWriteTimeUtc(workspace.At("run", "weights.safetensors")).ShouldBe(before);
        File.Exists(workspace.At("run", "model.py")).ShouldBeFalse();
    }

    [Fact]
    public void Kinds_of_expert_from_elsewhere_are_refused()
    {
        ExportCommand.Refusal(new ForeignKind()).ShouldBe("experts of kind 'foreign' have no form in onnx or torch, only cnn and mlp have; 'moe predict' classifies with them");
        ExpertKinds.All.ShouldAllBe(kind => ExportCommand.Refusal(kind) == null);
    }

    [Theory]
    [InlineData("export --weights W --output a.onnx", "--format: is missing; one of onnx, torch")]
    [InlineData("export --weights W --format onxx --output a.onnx", "--format: unknown 'onxx'; one of onnx, torch; did you mean 'onnx'?")]
    [InlineData("export --weights W --format onnx", "--output: is missing; name the file to write, such as --output model.onnx")]
    [InlineData("export --weights W --format torch", "--output: is missing; name the folder to write to, such as --output model")]
    [InlineData("export --weights W --format onnx --output a.bin", "--output: must end with .onnx, got 'a.bin'")]
    [InlineData("export --weights W --format torch --output file", "--output: 'file' is a file; name a folder")]
    public async Task What_does_not_fit_is_one_line(string arguments, string expected)
    {
        using var workspace = new Workspace();
        workspace.Write("file", "");

        var result = await MoeCommand.Run(workspace, arguments.Replace("W", Weights, StringComparison.Ordinal).Split(' '));

        result.Errors.ShouldHaveSingleItem().ShouldBe(expected);
        result.ExitCode.ShouldBe(2);
        workspace.Entries.ShouldBe(["file"]);
    }

    private sealed class ForeignKind : IExpertKind
    {
        public string Name => "foreign";

        public ExpertOptions Defaults => throw new NotSupportedException();

        public Activation DefaultActivation => throw new NotSupportedException();

        public IEnumerable<ArraySize> LargestArrays(RunSpec spec) => throw new NotSupportedException();

        public string Title(ModelSpec model) => throw new NotSupportedException();

        public double OperationsPerSample(ModelSpec model, int dim, int patches) => throw new NotSupportedException();

        public ParameterLayout Parameters(ModelSpec model, int dim, int patches) => throw new NotSupportedException();

        public IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => throw new NotSupportedException();
    }
}
