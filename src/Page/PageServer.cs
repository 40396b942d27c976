using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Page.Access;
using MoeOrleans.Page.Feed;

namespace MoeOrleans.Page;

/// <summary>Serves the live page. Health and metrics have another port.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PageServer(WebApplication application, IPEndPoint endpoint) => (_application, Endpoint) = (application, endpoint);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Its address for a browser.</summary>
    public string Address => $"http://{Endpoint}/";

    /// <summary>Starts to serve.</summary>
    /// <param name="settings">Where, and to whom.</param>
    /// <param name="source">The cluster.</param>
    /// <param name="log">Receives log entries.</param>
    /// <param name="extension">What else is served there; null for nothing.</param>
    /// <exception cref="IOException">It cannot listen there.</exception>
    public static async Task<PageServer> Start(PageSettings settings, PageSource source, ILoggerFactory log, PageExtension? extension = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(settings.Endpoint);
        });
        builder.Services.AddSingleton<IHostLifetime, UnownedHostLifetime>();
        builder.Services.AddRoutingCore();
        // Browsers keep their connections open.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddSingleton<ILoggerFactory>(new TokenFreeLog(log));
        builder.Services.AddSingleton(source).AddSingleton<LiveFeeds>().AddSingleton<FinishedReports>();
        extension?.AddServices(builder.Services);
        var application = builder.Build();
        new AccessGuard(settings, source.Time, extension?.Path).Protect(application);
        application.UseRouting();
        Map(application, source);
        extension?.Map(application);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new PageServer(application, settings.Endpoint);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static void Map(WebApplication application, PageSource source)
    {
        PageAssets.Map(application);
        application.Services.GetRequiredService<FinishedReports>().Map(application);
        var (feeds, lifetime) = (application.Services.GetRequiredService<LiveFeeds>(), application.Lifetime);
        application.MapGet("/events", async (HttpContext context, string? run) =>
        {
            using var connection = feeds.Connect(run);
            if (connection is null)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await TypedResults.ServerSentEvents(EventStream.Of(connection.Feed, source.Time, ended.Token)).ExecuteAsync(context);
        });
    }
}
