using System.CommandLine;
using System.Globalization;
using System.Net;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cli.Options;

/// <summary>The options of the live page that the command serves on loopback.</summary>
internal sealed class PageOptions
{
    private const int DefaultPort = SiloProcessOptions.FirstPagePort;

    private readonly Option<bool> _page = new("--page")
    {
        Description = $"Show the run live in a browser at http://127.0.0.1:{DefaultPort}/, or at the next port that is free; in a terminal the page stays after the run until Ctrl+C",
    };

    private readonly Option<string> _port = new("--page-port") { HelpName = "PORT", Description = "The page at this port; includes --page" };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_page, _port];

    /// <summary>The page, not served yet; null if none is wanted.</summary>
    /// <param name="parsed">The command line.</param>
    public LivePage? Read(ParseResult parsed)
    {
        if (parsed.Text(_port) is null) return parsed.GetValue(_page) ? new LivePage(FreePorts.From(DefaultPort, 1)[0]) : null;
        var port = parsed.Number(_port, DefaultPort, 1, IPEndPoint.MaxPort);
        if (FreePorts.Refusal(new IPEndPoint(IPAddress.Loopback, port)) is { } refusal)
            throw new ConfigurationException($"{_port.Name}: cannot listen at 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)} ({refusal}); name another port, or leave it to --page");
        return new LivePage(port);
    }

    /// <summary>Refuses the options for a run that goes on without the command.</summary>
    /// <param name="parsed">The command line.</param>
    public void RefuseDetached(ParseResult parsed)
    {
        if (parsed.GetValue(_page) || parsed.Text(_port) is not null)
            throw new ConfigurationException($"{_page.Name}: the command does not wait for a detached run; 'moe cluster up --page' or moe-silo --page-port serves the page of a cluster's runs");
    }
}
