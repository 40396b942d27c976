using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cli.Options;

/// <summary>The option that names a running cluster.</summary>
internal sealed class ConnectOption
{
    private readonly Option<string> _connect;

    /// <param name="absent">What happens without it, for help.</param>
    public ConnectOption(string absent) =>
        _connect = new Option<string>("--connect") { HelpName = "ENDPOINT", Description = $"A running cluster: {ClusterAddress.Syntax} (default: {absent})" };

    /// <summary>The option.</summary>
    public Option Option => _connect;

    /// <summary>The cluster that was named; null where none was.</summary>
    public ClusterAddress? Read(ParseResult parsed) => parsed.Text(_connect) is { } text ? ClusterAddress.Parse(text, _connect.Name) : null;

    /// <summary>The cluster that was named, or the local one.</summary>
    public ClusterAddress ReadOrLocal(ParseResult parsed) =>
        Read(parsed) ?? DetachedCluster.Find()?.Address ?? throw new ConfigurationException($"there is no local cluster: 'moe cluster up' starts one, {_connect.Name} ENDPOINT names another");
}
