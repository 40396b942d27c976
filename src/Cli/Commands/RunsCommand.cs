using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe runs: lists the runs of a cluster.</summary>
internal sealed class RunsCommand : Command, IHelpPage
{
    private readonly ConnectOption _connect = new("the cluster of 'moe cluster up'");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON array on standard output" };

    public RunsCommand()
        : base("runs", "Lists the runs of a cluster: the active run, queued runs, and the last runs that have ended.")
    {
        foreach (var option in _connect.All) Add(option);
        Add(_json);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe runs [OPTIONS]";

    public IEnumerable<HelpSection> Sections => [HelpSection.Of("Cluster", _connect.All), HelpSection.Of("Output", _json), RootMoeCommand.ExitCodes];

    private async Task<int> Run(ParseResult parsed)
    {
        await using var cleanUp = new CleanUp();
        var client = cleanUp.Add(await TrainingClient.Connect(_connect.ReadOrLocal(parsed), Consoles.Note));
        var runs = await client.List();
        if (parsed.GetValue(_json)) JsonOutput.Write(runs);
        else RunsTable.Write(runs);
        return ExitCode.Done;
    }
}
