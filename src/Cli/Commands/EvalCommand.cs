using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe eval: evaluates a trained model on test samples.</summary>
internal sealed class EvalCommand : Command, IHelpPage
{
    private readonly ModelOptions _model = new();

    private readonly Option<string> _data = new("--data")
    {
        HelpName = "DIR",
        Description = "Folder with test_x.npy, test_y.npy and, if clusters are known, test_cluster.npy, or test samples as IDX, .npz or CSV files (default: the test samples of the model's own specification)",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output" };

    public EvalCommand()
        : base("eval", "Evaluates a trained model: accuracy, dispatch entropy, confusion matrix, dispatch, and every expert alone.")
    {
        foreach (var option in _model.All) Add(option);
        Add(_data);
        Add(_json);
        SetAction(Run);
    }

    public string Usage => "moe eval --weights FILE [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Model and data", [.. _model.All, _data]),
        HelpSection.Of("Output", _json),
        new HelpSection(
            "Examples",
            [
                ("moe eval --weights runs/a/weights.safetensors", "on the run's own test samples: the same accuracy as its summary"),
                ("moe eval --weights runs/a/weights.safetensors --data mydata --json", ""),
            ]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        var model = _model.Read(parsed);
        var evaluation = ModelEvaluation.Of(model, ReadSamples(parsed, model));
        if (parsed.GetValue(_json)) JsonOutput.Write(evaluation);
        else EvaluationTable.Write(evaluation, model.Spec);
        return ExitCode.Done;
    }

    private Samples<float> ReadSamples(ParseResult parsed, TrainedModel model)
    {
        var spec = model.Spec;
        var folder = parsed.Text(_data);
        try
        {
            if (folder is null) return Datasets.Load(spec.Data).Test;
            var (samples, conversions) = FileData.ReadTest(folder, spec.Data);
            DataNotes.Converted(_data.Name, conversions);
            ModelOptions.CheckSize(spec, samples, _data.Name, folder);
            return model.Saved.Weights.Standardization?.Apply(samples, folder) ?? samples;
        }
        catch (DataFileException failure)
        {
            throw new ConfigurationException($"{(folder is null ? "data.path of the specification" : _data.Name)}: {failure.Message}");
        }
    }
}
