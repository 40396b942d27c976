using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Cli.Options;

/// <summary>The option that names the folder of this program's certificates.</summary>
internal sealed class TlsFolderOption
{
    private readonly Option<string> _folder = new("--tls-folder")
    {
        HelpName = "DIR",
        Description = $"Folder with tls.crt (DNS name {TlsRole.ClientName}), tls.key and ca.crt, for a cluster whose silos have --tls-folder (default: the variable {TlsFolder.Variable}, or no TLS)",
    };

    public Option Option => _folder;

    /// <summary>The certificates of the option or of the variable; null if neither names a folder.</summary>
    public TlsFolder? Read(ParseResult parsed)
    {
        if (parsed.Text(_folder) is { } path) return TlsFolder.Open(path, TlsRole.Client, TimeProvider.System, _folder.Name);
        return Environment.GetEnvironmentVariable(TlsFolder.Variable) is { Length: > 0 } variable ? TlsFolder.Open(variable, TlsRole.Client, TimeProvider.System, TlsFolder.Variable) : null;
    }

    /// <summary>Refuses the option without a cluster of --connect. The variable may be set for other commands.</summary>
    /// <exception cref="ConfigurationException">The option was given.</exception>
    public void Refuse(ParseResult parsed)
    {
        if (parsed.Text(_folder) is not null) throw new ConfigurationException($"{_folder.Name}: needs a cluster named by --connect; silos that moe starts on this machine have no TLS");
    }
}
