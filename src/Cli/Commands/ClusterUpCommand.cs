using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe cluster up: starts the local cluster, which outlives the command.</summary>
internal sealed class ClusterUpCommand : Command, IHelpPage
{
    private const int DefaultSilos = 3;
    private const int MaxThreads = MoeOrleansOptions.MaxThreads;

    private readonly SilosOptions _silos = new();
    private readonly Option<string> _threads = new("--threads") { HelpName = "N", Description = $"Compute threads of each silo: 1 to {MaxThreads} (default: the number of cores)" };

    private readonly Option<bool> _page = new("--page") { Description = $"Show the cluster's runs live in a browser: the first silo at http://127.0.0.1:{SiloProcessOptions.FirstPagePort}/, or at the next port that is free" };

    private readonly ExpertsFromOption _expertsFrom;

    public ClusterUpCommand(ExpertsFromOption expertsFrom)
        : base("up", $"Starts a cluster on this machine, by default of {DefaultSilos} silos, which runs in the background until 'moe cluster down'.")
    {
        _expertsFrom = expertsFrom;
        foreach (var option in _silos.All) Add(option);
        Add(_threads);
        Add(_page);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe cluster up [OPTIONS]";

    public IEnumerable<HelpSection> Sections => [HelpSection.Of("Silos", [.. _silos.All, _threads, _page, _expertsFrom.Option]), RootMoeCommand.ExitCodes];

    private async Task<int> Run(ParseResult parsed)
    {
        using var interruption = new Interruption();
        var (count, redis) = _silos.Read(parsed, DefaultSilos) ?? (DefaultSilos, null);
        var threads = parsed.Number(_threads, MoeOrleansOptions.DefaultThreads, 1, MaxThreads);
        try
        {
            var cluster = await DetachedCluster.Up(
                count, threads, redis, _expertsFrom.Path(parsed), parsed.GetValue(_page), TimeProvider.System, warning => Consoles.Note($"warning: {warning}"), interruption.Token);
            var option = cluster.Endpoint is { } endpoint ? $"--connect {endpoint}" : "--detach";
            Console.Out.WriteLine($"{count} {(count == 1 ? "silo is" : "silos are")} up; moe train {option} trains on them, moe cluster down stops them");
            if (cluster.Silos[0].Options.PagePort is > 0 and var port) Console.Out.WriteLine($"their page: http://127.0.0.1:{port}/");
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Consoles.Note("cluster up: interrupted; the silos that were started have ended");
            return ExitCode.Interrupted;
        }
    }
}
