using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe cluster down: stops the local cluster.</summary>
internal sealed class ClusterDownCommand : Command, IHelpPage
{
    // The silos are stopped even if the cluster does not answer.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    public ClusterDownCommand()
        : base("down", "Stops the cluster of 'moe cluster up': cancels its runs, stops its silos, and leaves no process, port or file.") => SetAction((_, _) => Run());

    public string Usage => "moe cluster down";

    public IEnumerable<HelpSection> Sections => [RootMoeCommand.ExitCodes];

    private static async Task<int> Run()
    {
        var cluster = DetachedCluster.Find() ?? throw new ConfigurationException("cluster down: there is no local cluster");
        if (cluster.Silos.Any(silo => silo.IsAlive)) await CancelRuns(cluster);
        await cluster.Down(TimeProvider.System, warning => Consoles.Note($"warning: {warning}"));
        return ExitCode.Done;
    }

    // Otherwise the silos, which stop one by one, would move the experts of the active run to each other.
    private static async Task CancelRuns(DetachedCluster cluster)
    {
        try
        {
            await using var cleanUp = new CleanUp();
            var client = cleanUp.Add(await TrainingClient.Connect(cluster.Address, Consoles.Note));
            foreach (var info in await client.List().WaitAsync(s_timeout))
            {
                if (info.State is not (QueueEntryState.Active or QueueEntryState.Queued)) continue;
                var run = client.Run(info);
                // The list is up to a second old.
                var status = await run.Status(int.MaxValue, CancellationToken.None).WaitAsync(s_timeout);
                Consoles.Note($"run {info.RunId} is cancelled after {Math.Max(status.StepsDone, info.StepsDone)} of {info.Steps} steps");
                await run.Delete().WaitAsync(s_timeout);
            }
        }
        catch (Exception failure) when (failure is ConfigurationException or TimeoutException or OrleansException)
        {
            Consoles.Note($"the cluster does not answer, its silos are stopped: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
