using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe routing: shows how samples wander between experts over a run.</summary>
internal sealed class RoutingCommand : Command, IHelpPage
{
    private readonly Argument<string> _folder = new("DIR");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object on standard output, with every recorded step" };

    public RoutingCommand()
        : base("routing", "Shows how samples wander between experts over a run, from a record of its routing.")
    {
        Add(_folder);
        Add(_json);
        SetAction(Run);
    }

    public string Usage => "moe routing DIR [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Record", [("DIR", "Folder written by 'moe train --record-routing'")]),
        HelpSection.Of("Output", _json),
        new HelpSection("Examples", [("moe train --record-routing routes", ""), ("moe routing routes", "")]),
        RootMoeCommand.ExitCodes,
    ];

    private int Run(ParseResult parsed)
    {
        try
        {
            var recording = RoutingRecording.Read(parsed.GetValue(_folder)!);
            var view = new RoutingView(recording.RunId, recording.Spec.Model.Experts, recording.Moves.Steps, recording.Moves.Matrix(), Clusters(recording));
            if (parsed.GetValue(_json)) JsonOutput.Write(view);
            else RoutingTable.Write(view);
            return ExitCode.Done;
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException($"routing: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>What the clusters did; none if the data has one cluster, or its files are not here any more.</summary>
    private static IReadOnlyList<ClusterMoves> Clusters(RoutingRecording recording)
    {
        var clusters = recording.Spec.Data.Clusters;
        if (clusters < 2) return [];
        try
        {
            var train = Datasets.Load(recording.Spec.Data).Train;
            return [.. recording.Moves.Matrices(train.Cluster, clusters).Select(ClusterMoves.Of)];
        }
        catch (DataFileException failure)
        {
            Consoles.Note($"warning: no clusters are shown: {failure.Message.ReplaceLineEndings(" ")}");
            return [];
        }
    }
}
