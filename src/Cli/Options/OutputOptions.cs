using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Options;

/// <summary>The options for the result of a run.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> _output;

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace the result of an earlier run in DIR once this run is done (metrics.csv does not grow then); other files in DIR stay",
    };

    private readonly Option<bool> _report = new("--report")
    {
        Description = "Also write report.html and its figures (SVG and PNG) into DIR: curves, what each expert has learned, which expert serves which cluster",
    };

    private readonly Option<bool> _tensorBoard = new("--tensorboard")
    {
        Description = $"Also write {EventFile.Name} into DIR: the columns of metrics.csv, for 'tensorboard --logdir DIR', during the run too",
    };

    /// <param name="needsFolder">Whether the command needs a folder.</param>
    public OutputOptions(bool needsFolder = false) => _output = new("--output")
    {
        HelpName = "DIR",
        Description = $"Folder for the run's files: {string.Join(", ", RunFolder.Files)}. It must be absent or empty, or have an unfinished run of the same specification. metrics.csv grows during the run.{(needsFolder ? "" : " Without it nothing is written.")}",
    };

    /// <summary>Whether the summary is for a script.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the summary as one JSON object on standard output, and nothing else there",
    };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_output, _overwrite, _report, _tensorBoard, Json];

    /// <summary>Checks that the result of a run that was trained before can be written.</summary>
    public RunOutput Open(ParseResult parsed) => Open(parsed, (path, overwrite) => RunFolder.Open(path, overwrite), metrics: null);

    /// <summary>Checks before a run that its result can be written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="name">Its name, if it has one.</param>
    public RunOutput Open(ParseResult parsed, RunSpec spec, string? name) => Open(
        parsed,
        (path, overwrite) => RunFolder.Open(path, overwrite, SpecHash.Of(spec), isShared: name is not null),
        folder => new GrowingMetrics(folder, RunSpecJson.Write(spec), TimeProvider.System, Consoles.Note));

    private RunOutput Open(ParseResult parsed, Func<string, bool, RunFolder> open, Func<string, GrowingMetrics>? metrics)
    {
        var folder = OpenFolder(parsed, open);
        var report = parsed.GetValue(_report);
        if (report && folder is null) throw new ConfigurationException("--report: needs --output DIR, the folder that the report is written to");
        var tensorBoard = parsed.GetValue(_tensorBoard);
        if (tensorBoard && folder is null) throw new ConfigurationException("--tensorboard: needs --output DIR, the folder that the events are written to");
        return new RunOutput(folder, report, folder is null ? null : metrics?.Invoke(folder.Path), tensorBoard ? new EventFile(folder!.Path, TimeProvider.System) : null);
    }

    /// <summary>The result of a named run if the folder holds it already; otherwise null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="name">The name of the run.</param>
    /// <param name="spec">Its specification.</param>
    public SavedResult? Saved(ParseResult parsed, string name, RunSpec spec)
    {
        if (parsed.Text(_output) is not { } path) return null;
        try
        {
            return NamedResult.Find(path, name, SpecHash.Of(spec)) is { } run ? new SavedResult(run, Path.GetFullPath(path), parsed.GetValue(_report)) : null;
        }
        catch (UnreadableFileException damaged)
        {
            throw new ConfigurationException($"{_output.Name}: {damaged.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The first of the options for files that the command line has; null if it has none.</summary>
    public string? Given(ParseResult parsed) => ((Option[])[_output, _overwrite, _report, _tensorBoard]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    private RunFolder? OpenFolder(ParseResult parsed, Func<string, bool, RunFolder> open)
    {
        var overwrite = parsed.GetValue(_overwrite);
        if (parsed.Text(_output) is not { } path)
            return overwrite ? throw new ConfigurationException("--overwrite: needs --output DIR, the folder whose files are replaced") : null;
        try
        {
            return open(path, overwrite);
        }
        catch (RunFolderException failure)
        {
            throw new ConfigurationException($"{_output.Name}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
