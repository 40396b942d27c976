using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe cluster: starts and stops the local cluster, and shows any cluster.</summary>
internal sealed class ClusterCommand : Command, IHelpPage
{
    public ClusterCommand(ExpertsFromOption expertsFrom)
        : base("cluster", "Starts and stops a cluster of silos on this machine, and shows which expert is on which silo.")
    {
        Add(new ClusterUpCommand(expertsFrom));
        Add(new ClusterStatusCommand());
        Add(new ClusterDownCommand());
        SetAction(new HelpPageAction().Invoke);
    }

    public string Usage => "moe cluster COMMAND [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Commands", [.. Subcommands.Select(command => (command.Name, command.Description ?? ""))]),
        new HelpSection(
            "Examples",
            [
                ("moe cluster up --silos 3", "three silos in the background"),
                ("moe train --detach", "a run that goes on after the terminal is closed"),
                ("moe cluster status", ""),
                ("moe cluster down", ""),
            ]),
        RootMoeCommand.ExitCodes,
    ];
}
