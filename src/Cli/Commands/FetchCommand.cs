using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe fetch: writes the files of a run that has ended in a cluster.</summary>
internal sealed class FetchCommand : Command, IHelpPage
{
    private readonly Argument<string> _run = new("RUN");
    private readonly ConnectOption _connect = new("the cluster of 'moe cluster up'");
    private readonly OutputOptions _output = new(needsFolder: true);

    public FetchCommand()
        : base("fetch", "Writes the files of a run that has ended in a cluster. RUN is its id, any unique prefix, or its name.")
    {
        Add(_run);
        foreach (var option in _connect.All) Add(option);
        foreach (var option in _output.All) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe fetch RUN --output DIR [OPTIONS]";

    public IEnumerable<HelpSection> Sections => [HelpSection.Of("Cluster", _connect.All), HelpSection.Of("Output", _output.All), RootMoeCommand.ExitCodes];

    private async Task<int> Run(ParseResult parsed)
    {
        using var interruption = new Interruption();
        var output = _output.Open(parsed);
        if (!output.WritesFiles) throw new ConfigurationException("fetch: needs --output DIR, the folder for the run's files");
        await using var cleanUp = new CleanUp();
        var client = cleanUp.Add(await TrainingClient.Connect(_connect.ReadOrLocal(parsed), Consoles.Note));
        var run = await client.Find(parsed.GetValue(_run)!);
        if (run.Info.State is QueueEntryState.Queued or QueueEntryState.Active)
            throw new ConfigurationException($"{run.Info.RunId}: the run has not ended: {run.Info.StepsDone} of {run.Info.Steps} steps are done; use moe watch or moe stop first");
        if (run.Info.State == QueueEntryState.Withdrawn)
            throw new ConfigurationException($"{run.Info.RunId}: {run.Info.Error ?? "the run was stopped before its first step"}: there is nothing to fetch");
        try
        {
            await output.Write(await run.GetResult(interruption.Token), parsed.GetValue(_output.Json), isKeptByCluster: true, interruption.Token);
            return ExitCode.Done;
        }
        catch (RunFailedException failure)
        {
            throw await output.Write(await run.FetchTrained(failure, interruption.Token), isKeptByCluster: true, interruption.Token);
        }
    }
}
