using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Options;

/// <summary>The options that name a trained model.</summary>
internal sealed class ModelOptions
{
    private const string SpecificationFile = "specification.json";

    private readonly Option<string> _weights = new("--weights")
    {
        HelpName = "FILE",
        Description = "Weights of a trained model: the .safetensors of a run's folder",
    };

    private readonly Option<string> _spec = new("--spec")
    {
        HelpName = "FILE",
        Description = $"Its specification (default: the {SpecificationFile} next to the weights)",
    };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_weights, _spec];

    /// <summary>The file of the weights.</summary>
    public string Weights(ParseResult parsed) =>
        parsed.Text(_weights) ?? throw new ConfigurationException($"{_weights.Name}: is missing; name a run's weights, such as {_weights.Name} runs/a/weights.safetensors");

    /// <summary>The model that the options name.</summary>
    public TrainedModel Read(ParseResult parsed)
    {
        var weights = Weights(parsed);
        if (Directory.Exists(weights)) throw new ConfigurationException($"{_weights.Name}: '{weights}' is a folder; name a .safetensors file in it");
        if (!File.Exists(weights)) throw new ConfigurationException($"{_weights.Name}: there is no file '{weights}'");
        var spec = ReadSpecification(parsed, weights);
        try
        {
            var saved = SavedWeights.Read(weights, spec);
            // The user may want to evaluate the weights with other noise or data. An older numerics version has another hash too.
            if (saved.SpecHash is { } hash && hash != SpecHash.Of(spec))
                Consoles.Note($"{_weights.Name}: '{weights}' was trained with another specification or numerics version; the result below may not be that of the trained model");
            return new TrainedModel(spec, saved);
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException($"{_weights.Name}: {failure.Message}");
        }
    }

    /// <summary>Refuses samples of another size, or with other classes, than the model was trained on.</summary>
    public static void CheckSize(RunSpec spec, Samples<float> samples, string option, string path)
    {
        if ((samples.Patches, samples.Dim) != (spec.Data.Patches, spec.Data.Dim))
            throw new ConfigurationException($"{option}: samples must be {spec.Data.Patches} x {spec.Data.Dim} (patches x dim), as the model was trained on, got {samples.Patches} x {samples.Dim} in '{path}'");
        var largest = Math.Max(2, spec.Model.Outputs) - 1;
        if (samples.Labels.Max() > largest)
            throw new ConfigurationException($"{option}: labels must be 0 to {largest}, the model's classes, got {samples.Labels.Max()} in '{path}'");
    }

    private RunSpec ReadSpecification(ParseResult parsed, string weights)
    {
        if (parsed.Text(_spec) is { } given)
        {
            return File.Exists(given) || Directory.Exists(given)
                ? RunSpecJson.Parse(TextFile.Read(given, _spec.Name), $"{_spec.Name} {given}")
                : throw new ConfigurationException($"{_spec.Name}: there is no file '{given}'; name the {SpecificationFile} of the run that the weights are of");
        }

        var beside = Path.Combine(Path.GetDirectoryName(weights) ?? "", SpecificationFile);
        return File.Exists(beside)
            ? RunSpecJson.Parse(TextFile.Read(beside, _weights.Name), beside)
            : throw new ConfigurationException($"{_weights.Name}: there is no {SpecificationFile} next to '{weights}'; name it with {_spec.Name} FILE");
    }
}
