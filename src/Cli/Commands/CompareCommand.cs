using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting;
using MoeOrleans.Reports.Groups;
using MoeOrleans.Runs.Comparison;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe compare: shows how two finished runs differ, or compares more of them by their test accuracy.</summary>
internal sealed class CompareCommand : Command, IHelpPage
{
    private readonly Argument<string[]> _folders = new("folders") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output" };

    public CompareCommand()
        : base("compare", "Compares two runs: the fields of their specifications, their curves step by step, and their weights bit by bit; or more runs by their test accuracy.")
    {
        Add(_folders);
        Add(_json);
        SetAction(Run);
    }

    public string Usage => "moe compare A B [C ...] [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Runs", [("A, B, C", "Folders written by 'moe train --output', or of a sweep, which stands for all of its runs. Of more than two, those that differ in their seeds alone are one row.")]),
        HelpSection.Of("Output", _json),
        new HelpSection("Examples", [("moe compare runs/a runs/b", ""), ("moe compare runs/a runs/b --json", ""), ("moe compare sweep runs/mine", "mean, deviation and interval of each group of runs")]),
        new HelpSection(
            "Exit codes",
            [
                ($"{ExitCode.Done}", "the weights, and every step's loss, accuracy and entropy, have the same bits; or more than two runs were compared"),
                ($"{ExitCode.Failure}", "they differ; or a failure: one line on standard error"),
                ($"{ExitCode.BadInput}", "bad input: one line on standard error says what to change"),
            ]),
    ];

    private int Run(ParseResult parsed)
    {
        var folders = parsed.GetValue(_folders) ?? [];
        // The parser reads a misspelt option as a folder.
        if (folders.FirstOrDefault(folder => folder.StartsWith('-')) is { } misspelt) throw ParseErrors.Unknown(parsed, misspelt);
        folders = [.. folders.SelectMany(RunsIn)];
        if (folders.Length > 2) return CompareGroups(folders, parsed.GetValue(_json));
        if (folders is not [var a, var b]) throw new ConfigurationException($"compare: needs the folders of two runs or more, such as moe compare runs/a runs/b; got {folders.Length}");
        var comparison = RunComparison.Of(Read(a), Read(b));
        if (parsed.GetValue(_json)) JsonOutput.Write(comparison);
        else ComparisonTable.Write(comparison);
        return comparison.EqualBits ? ExitCode.Done : ExitCode.Failure;
    }

    private static int CompareGroups(IEnumerable<string> folders, bool json)
    {
        // Weights of many runs might not fit into memory: only what is compared stays.
        GroupedRun[] runs = [.. folders.Select(folder => Grouped(folder, Read(folder)))];
        GroupedRun[] whole = [.. runs.Where(run => run.Summary.StopReason != StopReason.Interrupted)];
        foreach (var run in runs.Except(whole)) Consoles.Note($"'{run.Name}' was interrupted after {Format.Count(run.Summary.Steps)} steps: left out");
        if (whole.Length == 0) throw new ConfigurationException("compare: all of these runs were interrupted; name runs that have ended");
        if (!RunGroups.HaveOneDataSet(whole)) Consoles.Note("these runs have different data: their accuracies do not compare");
        var groups = RunGroups.Of(whole);
        if (json) JsonOutput.Write(groups);
        else GroupsTable.Write(groups);
        return ExitCode.Done;
    }

    private static GroupedRun Grouped(string folder, SavedRun run) => GroupedRun.Of(folder, run.Spec, run.Record);

    private static IEnumerable<string> RunsIn(string folder)
    {
        var runs = Path.Combine(folder, "runs");
        return SavedRun.IsIn(folder) || !Directory.Exists(runs) ? [folder] : Directory.EnumerateDirectories(runs).Where(SavedRun.IsIn).Order(StringComparer.Ordinal);
    }

    private static SavedRun Read(string folder)
    {
        try
        {
            return SavedRun.Read(folder);
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException($"compare: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
