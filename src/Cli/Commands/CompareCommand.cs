using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Comparison;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe compare: shows how two finished runs differ.</summary>
internal sealed class CompareCommand : Command, IHelpPage
{
    private readonly Argument<string[]> _folders = new("folders") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output" };

    public CompareCommand()
        : base("compare", "Compares the folders of two runs: the fields of their specifications, their curves step by step, and their weights bit by bit.")
    {
        Add(_folders);
        Add(_json);
        SetAction(Run);
    }

    public string Usage => "moe compare A B [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Runs", [("A, B", "Folders written by 'moe train --output'")]),
        HelpSection.Of("Output", _json),
        new HelpSection("Examples", [("moe compare runs/a runs/b", ""), ("moe compare runs/a runs/b --json", "")]),
        new HelpSection(
            "Exit codes",
            [
                ($"{ExitCode.Done}", "the weights, and every step's loss, accuracy and entropy, have the same bits"),
                ($"{ExitCode.Failure}", "they differ; or a failure: one line on standard error"),
                ($"{ExitCode.BadInput}", "bad input: one line on standard error says what to change"),
            ]),
    ];

    private int Run(ParseResult parsed)
    {
        var folders = parsed.GetValue(_folders) ?? [];
        // The parser reads a misspelt option as a folder.
        if (folders.FirstOrDefault(folder => folder.StartsWith('-')) is { } misspelt) throw ParseErrors.Unknown(parsed, misspelt);
        if (folders is not [var a, var b]) throw new ConfigurationException($"compare: needs two runs' folders, such as moe compare runs/a runs/b; got {folders.Length}");
        var comparison = RunComparison.Of(Read(a), Read(b));
        if (parsed.GetValue(_json)) JsonOutput.Write(comparison);
        else ComparisonTable.Write(comparison);
        return comparison.EqualBits ? ExitCode.Done : ExitCode.Failure;
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
