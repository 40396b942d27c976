using System.CommandLine;
using Google.Protobuf;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Cli.Export;
using MoeOrleans.Cli.Options;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe export: writes a trained model for other programs.</summary>
internal sealed class ExportCommand : Command, IHelpPage
{
    private const string Onnx = ".onnx";

    private readonly ModelOptions _model = new();

    private readonly Option<string> _format = new("--format") { HelpName = "NAME", Description = "onnx, or torch: a PyTorch module" };

    private readonly Option<string> _output = new("--output")
    {
        HelpName = "PATH",
        Description = $"For onnx the file to write, which ends with {Onnx}; for torch the folder of {TorchModule.Module} and {TorchModule.Weights}",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace files that exist" };

    public ExportCommand()
        : base("export", "Writes a trained model as ONNX or as a PyTorch module: its predictions are those of moe predict.")
    {
        foreach (var option in _model.All) Add(option);
        Add(_format);
        Add(_output);
        Add(_overwrite);
        SetAction(Run);
    }

    private enum ExportFormat
    {
        Onnx,
        Torch,
    }

    public string Usage => "moe export --weights FILE --format onnx|torch --output PATH [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Model", _model.All),
        HelpSection.Of("Output", _format, _output, _overwrite),
        new HelpSection(
            "Examples",
            [
                ("moe export --weights runs/a/weights.safetensors --format onnx --output a.onnx", ""),
                ("moe export --weights runs/a/weights.safetensors --format torch --output a", "then in Python, in the folder a: from model import Mixture"),
            ]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        if (parsed.Text(_format) is null) throw new ConfigurationException($"{_format.Name}: is missing; one of onnx, torch");
        var format = parsed.Choice(_format, ExportFormat.Onnx);
        var output = parsed.Text(_output) ?? throw new ConfigurationException($"{_output.Name}: is missing; name the {(format == ExportFormat.Onnx ? $"file to write, such as {_output.Name} model{Onnx}" : $"folder to write to, such as {_output.Name} model")}");
        var model = _model.Read(parsed);
        if (Refusal(ExpertKinds.Of(model.Spec.Model)) is { } refusal) throw new ConfigurationException($"{_format.Name}: {refusal}");
        var written = format == ExportFormat.Onnx ? WriteOnnx(model, output, parsed) : WriteTorch(model, output, parsed);
        Console.Out.WriteLine($"model in {written}");
        return ExitCode.Done;
    }

    /// <summary>Why experts of a kind cannot be exported; null if they can.</summary>
    /// <param name="kind">The kind.</param>
    internal static string? Refusal(IExpertKind kind) =>
        kind is MlpKind or PatchCnnKind ? null : $"experts of kind '{kind.Name}' have no form in onnx or torch, only cnn and mlp have; 'moe predict' classifies with them";

    private string WriteOnnx(TrainedModel model, string output, ParseResult parsed)
    {
        if (Path.GetExtension(output) != Onnx) throw new ConfigurationException($"{_output.Name}: must end with {Onnx}, got '{output}'");
        var file = OutputFile.Open(output, parsed.GetValue(_overwrite), _output.Name, _model.Weights(parsed));
        var onnx = OnnxMixture.Of(model);
        file.Write(path =>
        {
            using var stream = File.Create(path);
            onnx.WriteTo(stream);
        });
        return output;
    }

    private string WriteTorch(TrainedModel model, string output, ParseResult parsed)
    {
        if (File.Exists(output)) throw new ConfigurationException($"{_output.Name}: '{output}' is a file; name a folder");
        try
        {
            Directory.CreateDirectory(output);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{_output.Name}: folder '{output}' cannot be created: {failure.Message.ReplaceLineEndings(" ")}");
        }

        // The folder may be that of the run; that of another run, or of other weights of this one, has weights of the same name.
        var (weights, copy) = (_model.Weights(parsed), Path.Combine(output, TorchModule.Weights));
        var isThere = Path.GetFullPath(copy) == Path.GetFullPath(weights);
        if (!isThere && SavedRun.IsIn(output))
            throw new ConfigurationException($"{_output.Name}: '{output}' has a run, whose {TorchModule.Weights} would be replaced; name another folder");
        var module = OutputFile.Open(Path.Combine(output, TorchModule.Module), parsed.GetValue(_overwrite), _output.Name);
        if (!isThere) OutputFile.Open(copy, parsed.GetValue(_overwrite), _output.Name).Write(path => File.Copy(weights, path));
        module.Write(path => File.WriteAllText(path, TorchModule.Of(model)));
        return module.Path;
    }
}
