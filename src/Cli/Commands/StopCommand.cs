using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe stop: stops a run of a cluster.</summary>
internal sealed class StopCommand : Command, IHelpPage
{
    private readonly Argument<string> _run = new("RUN");
    private readonly ConnectOption _connect = new("the cluster of 'moe cluster up'");

    public StopCommand()
        : base("stop", "Ends a run in a cluster after the step in progress, and evaluates it; a queued run leaves the queue. RUN is its id, any unique prefix, or its name.")
    {
        Add(_run);
        foreach (var option in _connect.All) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe stop RUN [OPTIONS]";

    public IEnumerable<HelpSection> Sections => [HelpSection.Of("Cluster", _connect.All), RootMoeCommand.ExitCodes];

    private async Task<int> Run(ParseResult parsed)
    {
        await using var cleanUp = new CleanUp();
        var client = cleanUp.Add(await TrainingClient.Connect(_connect.ReadOrLocal(parsed), Consoles.Note));
        var run = await client.Find(parsed.GetValue(_run)!);
        await run.Stop();
        Console.Out.WriteLine(run.Info.State == QueueEntryState.Active ? $"run {run.Info.RunId} ends after its step" : $"run {run.Info.RunId} is {RunsTable.State(run.Info)}");
        return ExitCode.Done;
    }
}
