using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe spec: prints a specification, or describes all fields.</summary>
internal sealed class SpecCommand : Command, IHelpPage
{
    private readonly SpecificationOptions _specification = new();
    private readonly Option<bool> _describe = new("--describe") { Description = "A table of every field: type, default, range, meaning" };

    public SpecCommand()
        : base("spec", "Prints the specification that the same options of 'moe train' would run, as JSON; or describes every field.")
    {
        Add(_describe);
        foreach (var option in _specification.All) Add(option);
        SetAction(Run);
    }

    public string Usage => "moe spec [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Output", _describe),
        .. _specification.Help,
        new HelpSection(
            "Examples",
            [
                ("moe spec --setting 2 > spec.json", "then edit it, and: moe train --spec spec.json"),
                ("moe spec --recipe paper", "what the recipe stands for"),
                ("moe spec --describe", ""),
            ]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        var spec = _specification.Read(parsed);
        if (parsed.GetValue(_describe))
            FieldTable.Write(RunSpecDescription.Describe());
        else
            Console.Out.Write(RunSpecJson.Write(spec));
        return ExitCode.Done;
    }
}
