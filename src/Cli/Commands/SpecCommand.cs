using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe spec: prints a specification, or describes all fields.</summary>
internal sealed class SpecCommand : Command, IHelpPage
{
    private readonly SpecificationOptions _specification = new();
    private readonly Option<bool> _describe = new("--describe") { Description = "A table of every field: type, default, range, meaning" };

    private readonly Option<bool> _sources = new("--sources") { Description = "A table of where each value is from: a file, an option, the data, a preset, or the field's default" };

    public SpecCommand()
        : base("spec", "Prints the specification that the same options of 'moe train' would run, as JSON; or describes every field.")
    {
        Add(_describe);
        Add(_sources);
        foreach (var option in _specification.All) Add(option);
        SetAction(Run);
    }

    public string Usage => "moe spec [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("Output", _describe, _sources),
        .. _specification.Help,
        new HelpSection(
            "Examples",
            [
                ("moe spec --setting 2 > spec.json", "then edit it, and: moe train --spec spec.json"),
                ("moe spec --recipe paper", "what the recipe stands for"),
                ("moe spec --describe", ""),
                ("moe spec --data mydata --sources", "what the data choose, and what you have typed"),
            ]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        var (spec, sources) = _specification.ReadWithSources(parsed);
        if (parsed.GetValue(_describe) && parsed.GetValue(_sources)) throw new ConfigurationException("--sources: cannot be combined with --describe; leave one of them out");
        if (parsed.GetValue(_sources))
            SourceTable.Write(sources);
        else if (parsed.GetValue(_describe))
            FieldTable.Write(RunSpecDescription.Describe());
        else
            Console.Out.Write(RunSpecJson.Write(spec));
        return ExitCode.Done;
    }
}
