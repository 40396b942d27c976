using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Data.Info;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe data info: shows what a folder of data holds.</summary>
internal sealed class DataInfoCommand : Command, IHelpPage
{
    private readonly Argument<string> _folder = new("DIR");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output" };

    public DataInfoCommand()
        : base("info", "Shows files, shapes, types, ranges, classes, clusters and problems of a folder of data.")
    {
        Add(_folder);
        Add(_json);
        SetAction(Run);
    }

    public string Usage => "moe data info DIR [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Data", [("DIR", "Folder of NumPy, IDX, .npz or CSV files (docs/data.md)")]),
        HelpSection.Of("Output", _json),
        new HelpSection("Examples", [("moe data info mydata", ""), ("moe data info mydata --json", "for scripts")]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        try
        {
            var info = DataInfo.Of(parsed.GetValue(_folder)!);
            if (parsed.GetValue(_json)) JsonOutput.Write(info);
            else DataInfoTable.Write(info);
            return ExitCode.Done;
        }
        catch (DataFileException failure)
        {
            throw new ConfigurationException($"data info: {failure.Message}");
        }
    }
}
