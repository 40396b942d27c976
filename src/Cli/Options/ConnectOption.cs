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
    private readonly TlsFolderOption _tls = new();

    /// <param name="absent">What the command uses without the option, for help.</param>
    public ConnectOption(string absent) =>
        _connect = new Option<string>("--connect") { HelpName = "ENDPOINT", Description = $"A running cluster: {ClusterAddress.Syntax} (default: the variable {ClusterAddress.Variable}, which may hold a password, or {absent})" };

    /// <summary>The option, and what belongs to it.</summary>
    public IEnumerable<Option> All => [_connect, _tls.Option];

    /// <summary>Whether the option was typed.</summary>
    public bool Given(ParseResult parsed) => parsed.Text(_connect) is not null;

    /// <summary>The cluster of the option or of the variable; null if neither names one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mayStart">Whether the command waits for a cluster that is still starting.</param>
    public ClusterAddress? Read(ParseResult parsed, bool mayStart = false)
    {
        if (parsed.Text(_connect) is { } text) return ClusterAddress.Parse(text, _connect.Name, mayStart) with { Tls = _tls.Read(parsed) };
        if (Environment.GetEnvironmentVariable(ClusterAddress.Variable) is { Length: > 0 } variable) return ClusterAddress.Parse(variable, ClusterAddress.Variable, mayStart) with { Tls = _tls.Read(parsed) };
        RefuseTls(parsed);
        return null;
    }

    /// <summary>Refuses certificates where there is no cluster of this option.</summary>
    public void RefuseTls(ParseResult parsed) => _tls.Refuse(parsed);

    /// <summary>The cluster of the option or of the variable, or the local cluster.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mayStart">Whether the command waits for a cluster that is still starting.</param>
    public ClusterAddress ReadOrLocal(ParseResult parsed, bool mayStart = false) =>
        Read(parsed, mayStart) ?? DetachedCluster.Find()?.Address ?? throw new ConfigurationException($"there is no local cluster: 'moe cluster up' starts one, {_connect.Name} ENDPOINT names another");
}
