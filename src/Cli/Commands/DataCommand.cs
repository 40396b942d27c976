using System.CommandLine;
using MoeOrleans.Cli.CommandLine;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe data: looks at data of the user.</summary>
internal sealed class DataCommand : Command, IHelpPage
{
    public DataCommand()
        : base("data", "Shows what a folder of your own data holds, and what is wrong with it.")
    {
        Add(new DataInfoCommand());
        SetAction(new HelpPageAction().Invoke);
    }

    public string Usage => "moe data COMMAND [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Commands", [.. Subcommands.Select(command => (command.Name, command.Description ?? ""))]),
        new HelpSection("Examples", [("moe data info mydata", "")]),
        RootMoeCommand.ExitCodes,
    ];
}
