using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Page;

namespace MoeOrleans.Silo.Server;

/// <summary>The live page of a cluster's runs, served by one of its silos while it is a member.</summary>
/// <param name="settings">Where, and to whom.</param>
/// <param name="silo">Name of the silo.</param>
/// <param name="dashboard">Orleans' dashboard; null if it is not wanted.</param>
/// <param name="services">The services of the silo.</param>
internal sealed partial class PageOfSilo(PageSettings settings, string silo, OrleansDashboard? dashboard, IServiceProvider services) : IHostedService
{
    private PageServer? _server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ILoggerFactory>();
        var source = new PageSource(services.GetRequiredService<TrainingClient>(), silo, IsCommand: false, services.GetRequiredService<TimeProvider>());
        _server = await PageServer.Start(settings, source, log, dashboard?.Extension(services));
        var (page, address, access) = (log.CreateLogger<PageOfSilo>(), _server.Address, settings.Token is null ? PageAccess.Open : PageAccess.Token);
        LogServed(page, address, access);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [LoggerMessage(EventId = 2402, Level = LogLevel.Information, Message = "The live page is at {Address}; access: {Access}")]
    private static partial void LogServed(ILogger log, string address, PageAccess access);

    private enum PageAccess
    {
        Open,
        Token,
    }
}
