using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Options;

/// <summary>The option that names a run in a cluster.</summary>
internal sealed class NameOption
{
    private readonly Option<string> _name = new("--name")
    {
        HelpName = "NAME",
        Description = "Name of the run in a cluster. The same command again trains nothing twice: it follows the run, or fetches it once it has ended (docs/operations.md, Named runs)",
    };

    public Option Option => _name;

    /// <summary>The name; null if the run has none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cluster">The cluster that gets the run; null if there is none.</param>
    public string? Read(ParseResult parsed, ClusterAddress? cluster)
    {
        if (parsed.Text(_name) is not { } name) return null;
        if (!PlainWord.Is(name)) throw new ConfigurationException($"{_name.Name}: must be {PlainWord.Meaning}; got '{name.ReplaceLineEndings(" ")}'");
        if (cluster is null) throw new ConfigurationException($"{_name.Name}: only a cluster remembers names; add --connect ENDPOINT or --detach, or leave it out");
        return name;
    }
}
