using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Cli.Options;

/// <summary>The options for a cluster that may still be starting.</summary>
internal sealed class WaitOptions
{
    private readonly Option<string> _silos = new("--min-silos")
    {
        HelpName = "N",
        Description = "Submit the run once the cluster answers and has N silos that are not draining: 1 to 1,000 (default: submit at once)",
    };

    private readonly Option<string> _seconds = new("--wait-seconds")
    {
        HelpName = "S",
        Description = "How long --min-silos waits at most, 1 to 86,400; the exit code is then 1 (default: until Ctrl+C)",
    };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_silos, _seconds];

    /// <summary>Whether the command waits.</summary>
    /// <param name="parsed">The command line.</param>
    public bool Given(ParseResult parsed) => parsed.Text(_silos) is not null;

    /// <summary>The wait; null if the command does not wait.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cluster">The cluster that gets the run; null if there is none.</param>
    public ClusterWait? Read(ParseResult parsed, ClusterAddress? cluster)
    {
        if (!Given(parsed)) return parsed.Text(_seconds) is null ? null : throw new ConfigurationException($"{_seconds.Name}: needs {_silos.Name} N, the silos to wait for");
        var count = parsed.Number(_silos, 1, 1, 1000);
        if (cluster is null) throw new ConfigurationException($"{_silos.Name}: waits for silos of a cluster; add --connect ENDPOINT or --detach, or leave it out");
        return new ClusterWait(count, parsed.Text(_seconds) is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(parsed.Number(_seconds, 1, 1, 86_400)), TimeProvider.System, Consoles.Note);
    }
}
