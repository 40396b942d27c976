using System.Collections.Immutable;
using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
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
        Description = "File to write: .csv (sample, class, expert, and the class's name if model or data have names), or .npy (samples x 2, int32: class, expert; float32 with more columns)",
    };

    private readonly Option<bool> _probabilities = new("--probabilities") { Description = "Add the probability of each class: columns p_NAME, or p_0, p_1, ..." };

    private readonly Option<bool> _routerScores = new("--router-scores") { Description = "Add the gate, and the router's score of each expert: columns gate, score_0, score_1, ..." };

    private readonly Option<string> _topExperts = new("--top-experts")
    {
        HelpName = "N",
        Description = "Add the N experts of the largest scores, with the softmax of the scores: columns top1_expert, top1_p, ...",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace FILE if it exists" };

    public PredictCommand()
        : base("predict", "Predicts the class of each sample without router noise, and says which expert served it; class probabilities and router scores on request.")
    {
        foreach (var option in _model.All) Add(option);
        Add(_data);
        Add(_output);
        Add(_probabilities);
        Add(_routerScores);
        Add(_topExperts);
        Add(_overwrite);
        SetAction(Run);
    }

    public string Usage => "moe predict --weights FILE --data PATH --output FILE [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Model and data", [.. _model.All, _data]),
        HelpSection.Of("Output", _output, _probabilities, _routerScores, _topExperts, _overwrite),
        new HelpSection("Examples", [
            ("moe predict --weights runs/a/weights.safetensors --data x.npy --output classes.csv", ""),
            ("moe predict --weights runs/a/weights.safetensors --data x.npy --output classes.csv --probabilities --top-experts 2", ""),
        ]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        var data = parsed.Text(_data) ?? throw new ConfigurationException($"{_data.Name}: is missing; name the samples, such as {_data.Name} x.npy");
        var output = parsed.Text(_output) ?? throw new ConfigurationException($"{_output.Name}: is missing; name the file to write, such as {_output.Name} classes.csv");
        var model = _model.Read(parsed);
        var columns = ReadColumns(parsed, model.Spec.Model);
        var (samples, names) = ReadSamples(data, model);
        var file = PredictionFile.Open(output, parsed.GetValue(_overwrite), _output.Name, [data, .. SampleForms.Files(data).Select(file => file.FullName)]);
        file.Write(new Predictions(model, samples, names, columns));
        Console.Out.WriteLine($"{Format.Count(samples.Count)} predictions in {output}");
        return ExitCode.Done;
    }

    private PredictionColumns ReadColumns(ParseResult parsed, ModelSpec model)
    {
        var asked = parsed.GetValue(_routerScores) ? _routerScores.Name : parsed.Text(_topExperts) is null ? null : _topExperts.Name;
        if (asked is not null && model.Kind == ModelKind.Single) throw new ConfigurationException($"{asked}: the model is a single one, without a router; leave it out");
        return new PredictionColumns(parsed.GetValue(_probabilities), parsed.GetValue(_routerScores), parsed.Number(_topExperts, 0, 1, model.Experts, ", the model's experts"));
    }

    private (Samples<float> Samples, ImmutableArray<string> ClassNames) ReadSamples(string path, TrainedModel model)
    {
        try
        {
            var (samples, conversions) = FileData.ReadInputs(path, model.Spec.Data);
            DataNotes.Converted(_data.Name, conversions);
            ModelOptions.CheckSize(model.Spec, samples, _data.Name, path);
            var names = ClassNames.Of(model.Spec.Data);
            if (names.IsEmpty && Directory.Exists(path)) names = ClassNames.Read(path);
            return (model.Saved.Weights.Standardization?.Apply(samples, path) ?? samples, names);
        }
        catch (Exception failure) when (failure is DataFileException or UnreadableFileException)
        {
            throw new ConfigurationException($"{_data.Name}: {failure.Message}");
        }
    }
}
