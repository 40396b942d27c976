using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Options;

/// <summary>
/// The options that make a specification: typed options override the file of --spec, and --set overrides both. Values go to the builder as
/// the user typed them, so that its errors name the option and the allowed values.
/// </summary>
internal sealed class SpecificationOptions
{
    private static readonly (string Group, (string Option, string Path, string Value)[] Options)[] s_groups =
    [
        ("Data", [("--setting", "data.setting", "NAME"), ("--data-seed", "data.seed", "N")]),
        ("Model and routing",
        [
            ("--model", "model.kind", "KIND"), ("--experts", "model.experts", "M"), ("--expert", "model.expert", "KIND"), ("--activation", "model.activation", "NAME"),
            ("--filters", "model.filters", "J"), ("--hidden", "model.hidden", "H"), ("--noise", "routing.noise", "KIND"),
        ]),
        ("Training",
        [
            ("--recipe", "recipe", "NAME"), ("--lr", "training.expert.rate", "RATE"), ("--router-lr", "training.router.rate", "RATE"),
            ("--schedule", "training.schedule", "KIND"), ("--normalise", "training.expert.normalise", "NORM"), ("--steps", "training.steps", "N"),
            ("--minibatch", "training.minibatch", "N"), ("--seed", "training.seed", "N"), ("--eval-every", "training.evaluateEvery", "N"), ("--early-stop", "training.earlyStop", "N"),
        ]),
    ];

    // Names of other trainers for the same options.
    private static readonly Dictionary<string, string> s_aliases = new()
    {
        ["--minibatch"] = "--batch-size",
        ["--lr"] = "--learning-rate",
        ["--normalise"] = "--normalize",
    };

    private const int MostListed = 8;

    private readonly Option<string> _epochs = new("--epochs")
    {
        HelpName = "N",
        Description = $"Passes over the training set, instead of --steps (default of the recipe plain: {PlainRecipe.Epochs}, or as many as {PlainRecipe.FewestSteps:N0} steps need)",
    };

    private readonly Option<string> _optimiser = new("--optimizer", "--optimiser")
    {
        HelpName = "NAME",
        Description = $"Optimiser of experts and router: {string.Join(", ", NamedOptimiser.Names)}; brings its own learning rates and turns the paper's normalisation off",
    };

    private readonly Option<string> _file = new("--spec")
    {
        HelpName = "FILE",
        Description = "Specification to start from, JSON as 'moe spec' prints it; fields that are missing have their defaults.",
    };

    private readonly Option<string> _data = new("--data")
    {
        HelpName = "DIR",
        Description = "Folder of your own data: train_x.npy, train_y.npy, test_x.npy, test_y.npy, or IDX, .npz or CSV files (docs/data.md); its sizes come from the files, and the defaults are those of the recipe plain, not those shown here: moe spec --data DIR --sources",
    };

    private readonly Option<bool> _standardize = new("--standardize", "--standardise")
    {
        Description = "Subtract from each number of a sample its mean over the training set, and divide by its deviation; both are stored with the weights (docs/data.md)",
    };

    private readonly Option<string> _validation = new("--validation")
    {
        HelpName = "SHARE",
        Description = "Share of the training samples that is held out and evaluated after each epoch, such as 0.1; val_x.npy and val_y.npy in the folder of --data do the same, and 0 leaves them out",
    };

    private readonly Option<string> _replayRouting = new("--replay-routing")
    {
        HelpName = "DIR",
        Description = "Train with the experts that a recording of every step has (--record-routing-every 1) instead of the router's choice; gates and the router's training stay (docs/routing.md). Every silo reads DIR.",
    };

    private readonly Option<string> _initialWeights = new("--initial-weights")
    {
        HelpName = "FILE",
        Description = "Start from trained weights, the weights.safetensors of a run of the same shapes, instead of drawn ones; optimisers begin anew. Every silo reads FILE.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "PATH=VALUE",
        Description = "Any field of the specification, such as training.expert.rate=0.01; repeatable. 'moe spec --describe' lists all.",
    };

    private readonly Dictionary<string, Option<string>> _typed =
        s_groups.SelectMany(group => group.Options).ToDictionary(o => o.Path, o => new Option<string>(o.Option, s_aliases.TryGetValue(o.Option, out var alias) ? [alias] : []) { HelpName = o.Value });

    // The specifications of a sweep share their data.
    private (string Folder, FileData Data)? _lastData;

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_file, _data, _standardize, _validation, _replayRouting, _initialWeights, _set, _epochs, _optimiser, .. _typed.Values];

    /// <summary>The options for a help page, with the meanings of the specification's fields.</summary>
    public IEnumerable<HelpSection> Help
    {
        get
        {
            var fields = RunSpecDescription.Describe().ToDictionary(f => f.Path);
            foreach (var (group, options) in s_groups)
                yield return new HelpSection(group, [.. options.Select(o => ($"{WithAlias(o.Option)} {o.Value}", Meaning(fields[o.Path])))]);
            yield return HelpSection.Of("Training in epochs", _epochs, _optimiser);
            yield return HelpSection.Of("Own data", _data, _standardize, _validation);
            yield return HelpSection.Of("Recorded routing", _replayRouting);
            yield return HelpSection.Of("Trained weights", _initialWeights);
            yield return HelpSection.Of("Any other field", _file, _set);
        }
    }

    /// <summary>Builds the specification that the options ask for.</summary>
    public RunSpec Read(ParseResult parsed) => ReadWithSources(parsed).Spec;

    /// <summary>Builds the specification that the options ask for, with other values than those of --set.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="assignments">What stands in the place of the texts of --set.</param>
    public RunSpec Read(ParseResult parsed, IReadOnlyList<string> assignments) => ReadWithSources(parsed, assignments).Spec;

    /// <summary>The texts of --set.</summary>
    public IReadOnlyList<string> Assignments(ParseResult parsed) => parsed.Texts(_set);

    /// <summary>Builds the specification that the options ask for, and says where each of its values is from.</summary>
    public (RunSpec Spec, IEnumerable<(SpecField Field, object Value, string Source)> Sources) ReadWithSources(ParseResult parsed, IReadOnlyList<string>? assignments = null)
    {
        var builder = new SpecificationBuilder();
        if (parsed.Text(_file) is { } file) builder.AddJson(TextFile.Read(file, _file.Name), $"{_file.Name} {file}");
        if (parsed.Text(_data) is { } folder)
        {
            builder.Set("data.source", "files", _data.Name);
            builder.Set("data.path", folder, _data.Name);
        }

        if (parsed.GetValue(_standardize)) builder.Set("data.standardize", "true", _standardize.Name);
        if (parsed.Text(_validation) is { } share) builder.SetValidation(share, _validation.Name);
        if (parsed.Text(_replayRouting) is { } recording)
        {
            builder.Set("routing.replayPath", Path.GetFullPath(recording), _replayRouting.Name);
            builder.Set("routing.replaySha256", Readable(_replayRouting.Name, () => RoutingFile.Sha256(RoutingFile.PathIn(recording))), _replayRouting.Name);
        }

        if (parsed.Text(_optimiser) is { } optimiser) builder.SetOptimiser(optimiser, _optimiser.Name);
        if (parsed.Text(_epochs) is { } epochs) builder.SetEpochs(epochs, _epochs.Name);
        foreach (var (path, option) in _typed)
        {
            if (parsed.Text(option) is { } text) builder.Set(path, text, option.Name);
        }

        foreach (var assignment in assignments ?? Assignments(parsed)) builder.Set(assignment);
        if (builder.DataFolder is { } folderOfData)
        {
            var files = ReadData(folderOfData, parsed);
            // The full path, so that a saved specification can be run again from another folder.
            builder.UseFiles(files.Specification with { Path = Path.GetFullPath(folderOfData) }, files.Classes);
        }

        if (parsed.Text(_initialWeights) is { } weights) StartFrom(weights, builder);
        var spec = builder.Build();
        Readable("training.initialWeights", () => InitialWeights.Read(spec));
        if (spec.Routing is { LoadBalance: > 0, Balance: BalanceKind.Scores, Gate: GateKind.Softmax })
            Consoles.Note("routing.balance scores, the paper's loss, has no lower bound: a softmax gate does not keep the scores from falling for ever; routing.balance switch is bounded");
        Readable(_replayRouting.Name, () => RoutingReplay.Load(spec));
        return (spec, builder.Sources(spec));
    }

    // Their shapes are those of the specification without them.
    private void StartFrom(string file, SpecificationBuilder builder)
    {
        builder.Set("training.initialWeights", "", _initialWeights.Name);
        builder.Set("training.initialWeightsSha256", "", _initialWeights.Name);
        var hash = Readable(_initialWeights.Name, () => WeightsTensors.Read(file, builder.Build()).Weights.Sha256());
        builder.Set("training.initialWeights", Path.GetFullPath(file), _initialWeights.Name);
        builder.Set("training.initialWeightsSha256", hash, _initialWeights.Name);
    }

    private static T Readable<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException($"{where}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }


    private FileData ReadData(string folder, ParseResult parsed)
    {
        if (_lastData is { } last && last.Folder == folder) return last.Data;
        try
        {
            var data = FileData.Read(folder);
            DataNotes.Converted(OptionOfData(parsed), data.Conversions);
            if (data.UntrainedClasses.ToArray() is { Length: > 0 } classes) Consoles.Note($"{OptionOfData(parsed)}: no training sample in '{folder}' is of {Listed(classes)}; classes count from 0 to {Math.Max(2, data.Classes) - 1}");
            _lastData = (folder, data);
            return data;
        }
        catch (DataFileException failure)
        {
            throw new ConfigurationException($"{OptionOfData(parsed)}: {failure.Message}");
        }
    }

    private string OptionOfData(ParseResult parsed) => parsed.Text(_data) is null ? "data.path" : _data.Name;

    private static string Listed(int[] classes) => classes switch
    {
        [var single] => $"class {single}",
        { Length: <= MostListed } => $"classes {string.Join(", ", classes)}",
        _ => $"{classes.Length} classes, such as {string.Join(", ", classes[..MostListed])}",
    };

    private static string WithAlias(string option) => s_aliases.TryGetValue(option, out var alias) ? $"{option}, {alias}" : option;

    private static string Meaning(FieldDescription field) => $"{field.Meaning}{Whose(field.Path)}: {field.Range} (default {field.Default})";

    // Experts and router have fields of the same meaning.
    private static string Whose(string path) =>
        path.StartsWith("training.expert.", StringComparison.Ordinal) ? " (experts)" : path.StartsWith("training.router.", StringComparison.Ordinal) ? " (router)" : "";
}
