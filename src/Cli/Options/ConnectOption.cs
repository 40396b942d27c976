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

    /// <param name="absent">What the command uses without the option, for help.</param>
    public ConnectOption(string absent) =>
        _connect = new Option<string>("--connect") { HelpName = "ENDPOINT", Description = $"A running cluster: {ClusterAddress.Syntax} (default: {absent})" };

    public Option Option => _connect;

    /// <summary>The cluster of the option; null if it was not given.</summary>
    public ClusterAddress? Read(ParseResult parsed) => parsed.Text(_connect) is { } text ? ClusterAddress.Parse(text, _connect.Name) : null;

    /// <summary>The cluster of the option, or the local cluster.</summary>
    public ClusterAddress ReadOrLocal(ParseResult parsed) =>
        Read(parsed) ?? DetachedCluster.Find()?.Address ?? throw new ConfigurationException($"there is no local cluster: 'moe cluster up' starts one, {_connect.Name} ENDPOINT names another");
}
