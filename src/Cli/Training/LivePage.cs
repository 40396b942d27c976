using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Page;

namespace MoeOrleans.Cli.Training;

/// <summary>The live page while the command runs.</summary>
/// <param name="port">Its port on loopback.</param>
internal sealed class LivePage(int port) : IAsyncDisposable
{
    private PageServer? _server;

    // The first method that needs the web server: it is loaded then.
    /// <summary>Begins to serve it.</summary>
    /// <param name="client">The client of the cluster that trains.</param>
    public async Task Serve(TrainingClient client)
    {
        // Failures to ask the cluster are for the page's reader, who sees that it stands still.
        try
        {
            _server = await PageServer.Start(
                new PageSettings(new IPEndPoint(IPAddress.Loopback, port)), new PageSource(client, "moe train", IsCommand: true, TimeProvider.System), NullLoggerFactory.Instance);
        }
        catch (IOException failure)
        {
            // Another program, or another option, took the port meanwhile.
            throw new ConfigurationException($"--page-port: {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}; name another port, or leave it to --page");
        }

        Consoles.Note($"the page of this run: {_server.Address}");
    }

    /// <summary>In a terminal: waits until the user has seen enough.</summary>
    /// <param name="interrupted">Cancelled by Ctrl+C.</param>
    public async Task Stay(CancellationToken interrupted)
    {
        if (_server is null || Console.IsInputRedirected || Console.IsErrorRedirected || interrupted.IsCancellationRequested) return;
        Consoles.Note($"the page stays at {_server.Address} until Ctrl+C");
        await Task.Delay(Timeout.Infinite, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
