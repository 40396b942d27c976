using System.CommandLine;
using System.Globalization;
using MoeOrleans.Bench.Planning;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Options;

/// <summary>The options that describe a cluster that need not exist.</summary>
internal sealed class PlannedClusterOptions
{
    private const int MaxSilos = 10_000;
    private const int MaxCores = 1024;

    private readonly DeploymentOptions _deployment = new();
    private readonly Option<string> _silos = new("--silos") { HelpName = "N", Description = $"Silos, 1 to {MaxSilos} (default 1)" };
    private readonly Option<string> _cores = new("--cores") { HelpName = "N", Description = $"Cores that each silo has for itself, 1 to {MaxCores} (default: its threads)" };
    private readonly Option<string> _network = new("--network") { HelpName = "GBIT", Description = "Each silo is a machine; its link has so many gigabits a second (default: all silos are processes of one machine)" };
    private readonly Option<string> _latency = new("--latency") { HelpName = "US", Description = "With --network: microseconds that a message takes in one direction (default 50)" };
    private readonly Option<string> _imbalance = new("--imbalance") { HelpName = "X", Description = "Plan in addition that the busiest expert gets X times the mean, 1 to the number of experts" };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_silos, _cores, _network, _latency, _imbalance, .. _deployment.All];

    /// <summary>The cluster.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The run.</param>
    public PlannedCluster Read(ParseResult parsed, RunSpec spec)
    {
        var silos = parsed.Number(_silos, 1, 1, MaxSilos);
        NetworkLink? network = null;
        if (parsed.Text(_network) is not null) network = new NetworkLink(Number(parsed, _network, 0, 0.001, 1e6), Number(parsed, _latency, 50, 0, 1e9));
        else if (parsed.Text(_latency) is not null) throw new ConfigurationException($"{_latency.Name}: needs {_network.Name} GBIT, the bandwidth of each machine");
        var deployment = _deployment.Read(parsed, spec, silos, machines: network is null ? 1 : silos);
        return new PlannedCluster(deployment, parsed.Number(_cores, deployment.Threads, 1, MaxCores), network);
    }

    /// <summary>Samples of the busiest expert over the mean; null if only even routing is planned.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The run.</param>
    public double? ReadImbalance(ParseResult parsed, RunSpec spec)
    {
        if (parsed.Text(_imbalance) is null) return null;
        return Number(parsed, _imbalance, absent: 1, min: 1, spec.Model.Experts);
    }

    private static double Number(ParseResult parsed, Option<string> option, double absent, double min, double max)
    {
        if (parsed.Text(option) is not { } text) return absent;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: must be {min} to {max:N0}; got {text.ReplaceLineEndings(" ")}"));
    }
}
