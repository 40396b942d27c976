using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Options;

/// <summary>The options of a record of routing. None changes a bit of the result.</summary>
internal sealed class RoutingOptions
{
    // As many as records of the products.
    private const int Records = 100;

    private readonly Option<string> _record = new("--record-routing")
    {
        HelpName = "DIR",
        Description = "Write the expert and the gate of every sample of some steps into DIR: routing.bin and routing.json (docs/routing.md); 'moe routing DIR' shows how samples wander",
    };

    private readonly Option<string> _every = new("--record-routing-every")
    {
        HelpName = "N",
        Description = $"Record every Nth step from step 0 on; 1 records every step, which --replay-routing needs (default: about {Records} steps in all)",
    };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_record, _every];

    /// <summary>Checks before a run that its record can be written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="output">The folder of the run's files; null if there is none.</param>
    /// <returns>The record; null if none is wanted.</returns>
    public RoutingRecord? Open(ParseResult parsed, RunSpec spec, string? output)
    {
        var interval = parsed.Number(_every, Math.Max(1, spec.Training.Steps / Records), 1, 10_000_000);
        if (parsed.Text(_record) is not { } folder)
            return parsed.GetResult(_every) is null ? null : throw new ConfigurationException($"{_every.Name}: needs {_record.Name} DIR, the folder that the record is written to");
        var full = Check(folder);
        // The folder of the run's files has to be empty until the run is done.
        if (output is not null && $"{full}{Path.DirectorySeparatorChar}".StartsWith($"{output}{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            throw new ConfigurationException($"{_record.Name}: '{folder}' is the folder of --output, or in it; name another");
        return new RoutingRecord(full, interval, spec);
    }

    /// <summary>Refuses the options if the command does not follow its run.</summary>
    public void RefuseDetached(ParseResult parsed) => Refuse(parsed, "the command that follows the run writes its record; leave out --detach");

    /// <summary>Refuses the options if several commands may follow the run.</summary>
    public void RefuseNamed(ParseResult parsed) => Refuse(parsed, "only one command can fetch the record, and several may follow a named run; leave out --name");

    private void Refuse(ParseResult parsed, string reason)
    {
        if (All.FirstOrDefault(option => parsed.GetResult(option) is not null) is { } given) throw new ConfigurationException($"{given.Name}: {reason}");
    }

    private string Check(string folder)
    {
        string full;
        try
        {
            // Other files in the folder stay.
            full = RunFolder.Open(folder, overwrite: true).Path;
        }
        catch (RunFolderException failure)
        {
            throw new ConfigurationException($"{_record.Name}: {failure.Message.ReplaceLineEndings(" ")}");
        }

        foreach (var file in (string[])[RoutingFileHeader.FileName, RoutingFileHeader.IndexName])
        {
            if (Path.Exists(Path.Combine(full, file))) throw new ConfigurationException($"{_record.Name}: folder '{folder}' has a {file} already; name another");
        }

        return full;
    }
}
