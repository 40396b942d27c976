using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe watch: shows the progress of a run in a cluster, and its summary.</summary>
internal sealed class WatchCommand : Command, IHelpPage
{
    private readonly Argument<string> _run = new("RUN");
    private readonly ConnectOption _connect = new("the cluster of 'moe cluster up'");
    private readonly Option<bool> _json = new("--json") { Description = "Print the summary as one JSON object on standard output" };

    public WatchCommand()
        : base("watch", "Shows the progress of a run in a cluster until it ends, then its summary. RUN is its id, any unique prefix, or its name.")
    {
        Add(_run);
        foreach (var option in _connect.All) Add(option);
        Add(_json);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe watch RUN [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Cluster", _connect.All),
        HelpSection.Of("Output; progress goes to standard error", _json),
        new HelpSection("Ctrl+C", [("once", "ends the command; the run goes on")]),
        RootMoeCommand.ExitCodes,
    ];

    private async Task<int> Run(ParseResult parsed)
    {
        using var interruption = new Interruption();
        await using var cleanUp = new CleanUp();
        var client = cleanUp.Add(await TrainingClient.Connect(_connect.ReadOrLocal(parsed), Consoles.Note));
        var run = await client.Find(parsed.GetValue(_run)!);
        try
        {
            var result = await RunView.ForStandardError().Watch(show => RunWatch.FollowOther(run, show, interruption.Token));
            if (parsed.GetValue(_json)) Console.Out.WriteLine(SummaryJson.Write(result.Summary, indented: false));
            else SummaryTable.Write(result.Summary, result.Spec, folder: null);
            return ExitCode.Done;
        }
        catch (ViewClosedException)
        {
            // As in 'moe watch RUN 2>&1 | head': the run goes on.
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Consoles.Note($"run {run.Info.RunId} goes on; moe stop {run.Info.RunId} stops it");
            return ExitCode.Interrupted;
        }
    }
}
