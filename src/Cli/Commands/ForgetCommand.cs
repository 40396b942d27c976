using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe forget: deletes what a cluster keeps of a run that has ended.</summary>
internal sealed class ForgetCommand : Command, IHelpPage
{
    private readonly Argument<string> _run = new("RUN");
    private readonly ConnectOption _connect = new("the cluster of 'moe cluster up'");

    public ForgetCommand()
        : base("forget", "Deletes what a cluster keeps of a run that has ended: its weights and records, which take memory until then. RUN is its id, any unique prefix, or its name.")
    {
        Add(_run);
        foreach (var option in _connect.All) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe forget RUN [OPTIONS]";

    public IEnumerable<HelpSection> Sections => [HelpSection.Of("Cluster", _connect.All), RootMoeCommand.ExitCodes];

    private async Task<int> Run(ParseResult parsed)
    {
        await using var client = await TrainingClient.Connect(_connect.ReadOrLocal(parsed), Consoles.Note);
        var run = await client.Find(parsed.GetValue(_run)!);
        if (run.Info.State is QueueEntryState.Queued or QueueEntryState.Active)
            throw new ConfigurationException($"run {run.Info.RunId} is {RunsTable.State(run.Info)}; end it first: moe stop {run.Info.RunId}");
        await run.Delete();
        Console.Out.WriteLine($"run {run.Info.RunId} is forgotten");
        return ExitCode.Done;
    }
}
