using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe predict: predicts the classes of samples without labels.</summary>
internal sealed class PredictCommand : Command, IHelpPage
{
    private readonly ModelOptions _model = new();

    private readonly Option<string> _data = new("--data")
    {
        HelpName = "PATH",
        Description = "The samples: a .npy, .npz, IDX or CSV file, or a folder with test samples (docs/data.md)",
    };

    private readonly Option<string> _output = new("--output")
    {
        HelpName = "FILE",
        Description = "File to write: .csv (sample, class, expert, and the class's name if the model has names), or .npy (samples x 2, int32: class, expert)",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace FILE if it exists" };

    public PredictCommand()
        : base("predict", "Predicts the class of each sample without router noise, and says which expert served it.")
    {
        foreach (var option in _model.All) Add(option);
        Add(_data);
        Add(_output);
        Add(_overwrite);
        SetAction(Run);
    }

    public string Usage => "moe predict --weights FILE --data PATH --output FILE [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Model and data", [.. _model.All, _data]),
        HelpSection.Of("Output", _output, _overwrite),
        new HelpSection("Examples", [("moe predict --weights runs/a/weights.safetensors --data x.npy --output classes.csv", "")]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        var data = parsed.Text(_data) ?? throw new ConfigurationException($"{_data.Name}: is missing; name the samples, such as {_data.Name} x.npy");
        var output = parsed.Text(_output) ?? throw new ConfigurationException($"{_output.Name}: is missing; name the file to write, such as {_output.Name} classes.csv");
        var (spec, saved) = _model.Read(parsed);
        var samples = ReadSamples(data, spec);
        var file = PredictionFile.Open(output, parsed.GetValue(_overwrite), _output.Name, [data, .. SampleForms.Files(data).Select(file => file.FullName)]);
        var classified = Classification.Of(spec, saved.Weights, samples, RoutePurpose.EvaluateWithoutNoise, saved.Version);
        file.Write(classified, ClassNames.Of(spec.Data));
        Console.Out.WriteLine($"{Format.Count(samples.Count)} predictions in {output}");
        return ExitCode.Done;
    }

    private Samples<float> ReadSamples(string path, RunSpec spec)
    {
        try
        {
            var (samples, conversions) = FileData.ReadInputs(path);
            DataNotes.Converted(_data.Name, conversions);
            ModelOptions.CheckSize(spec, samples, _data.Name, path);
            return samples;
        }
        catch (DataFileException failure)
        {
            throw new ConfigurationException($"{_data.Name}: {failure.Message}");
        }
    }
}
