using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe cluster status: the silos, their load and memory, and the grains on each.</summary>
internal sealed class ClusterStatusCommand : Command, IHelpPage
{
    // Long enough for several steps of a small run.
    private static readonly TimeSpan s_loadInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConnectOption _connect = new("the cluster of 'moe cluster up'");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output" };

    public ClusterStatusCommand()
        : base("status", "Shows the silos of a cluster with their load and memory, and which experts and routers are on which silo.")
    {
        foreach (var option in _connect.All) Add(option);
        Add(_json);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe cluster status [OPTIONS]";

    public IEnumerable<HelpSection> Sections => [HelpSection.Of("Cluster", _connect.All), HelpSection.Of("Output", _json), RootMoeCommand.ExitCodes];

    private async Task<int> Run(ParseResult parsed)
    {
        await using var cleanUp = new CleanUp();
        var client = cleanUp.Add(await TrainingClient.Connect(_connect.ReadOrLocal(parsed), Consoles.Note));
        var before = await client.GetStatus();
        await Task.Delay(s_loadInterval);
        var status = await client.GetStatus();
        double[] load = [.. status.Silos.Select(silo => Load(before.Silos.FirstOrDefault(other => other.Name == silo.Name && other.ProcessId == silo.ProcessId), silo))];
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(new { Silos = status.Silos.Zip(load, (silo, busy) => new { Silo = silo, Load = busy }), status.Runs });
        }
        else
        {
            ClusterTable.Write(status.Silos, load);
            if (status.Runs.Length > 0)
            {
                Console.Out.WriteLine();
                RunsTable.Write(status.Runs);
            }
        }

        return ExitCode.Done;
    }

    private static double Load(SiloDescription? before, SiloDescription after) =>
        before is null ? 0 : Math.Clamp((after.ComputeSeconds - before.ComputeSeconds) / (s_loadInterval.TotalSeconds * after.Threads), 0, 1);
}
