using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.LocalSilos;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe cluster down: ends the cluster of this machine.</summary>
internal sealed class ClusterDownCommand : Command, IHelpPage
{
    // A cluster that hangs is ended all the same.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public ClusterDownCommand()
        : base("down", "Ends the cluster of 'moe cluster up': its runs are broken off, its silos stop, and no process, port or file is left.") => SetAction((_, _) => Run());

    public string Usage => "moe cluster down";

    public IEnumerable<HelpSection> Sections => [RootMoeCommand.ExitCodes];

    private static async Task<int> Run()
    {
        var cluster = LocalCluster.Find() ?? throw new InputException("cluster down: there is no local cluster");
        if (cluster.Silos.Any(silo => silo.IsAlive)) await BreakOff(cluster);
        await cluster.Down();
        return ExitCode.Done;
    }

    // Silos that stop would give the run's experts to each other, one by one.
    private static async Task BreakOff(LocalCluster cluster)
    {
        try
        {
            await using var client = await cluster.Address.Connect();
            var runs = client.Grains.GetGrain<IRunQueueGrain>(0);
            foreach (var run in await runs.List().WaitAsync(s_patience))
            {
                if (run.State is not (QueueEntryState.Active or QueueEntryState.Queued)) continue;
                // The list is up to a second old.
                var status = await client.Grains.GetGrain<ICoordinatorGrain>(run.RunId).GetStatus(int.MaxValue).WaitAsync(s_patience);
                Consoles.Note($"run {run.RunId} is broken off after {Math.Max(status.StepsDone, run.StepsDone)} of {run.Steps} steps");
                await runs.Delete(run.RunId).WaitAsync(s_patience);
            }
        }
        catch (Exception failure) when (failure is ConfigurationException or TimeoutException or OrleansException)
        {
            Consoles.Note($"the cluster does not answer, its silos are ended: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
