using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>A silo in this process that has done a short run and trains a long one.</summary>
public sealed class LiveCluster : IAsyncLifetime
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private EmbeddedSilo? _silo;
    private RunHandle? _long;

    /// <summary>The run that has ended.</summary>
    public string Ended { get; private set; } = "";

    /// <summary>The run that goes on.</summary>
    public string Active => _long!.RunId;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // The run leaves the machine to the browser, and its log to what is wrong.
        _silo = await EmbeddedSilo.Start(threads: 1, verbose: false, silo => silo.AddIncomingGrainCallFilter(async call =>
        {
            if (call.MethodName == nameof(IRouterGrain.Route)) await Task.Delay(s_pause);
            await call.Invoke();
        }));
        var deployment = new Deployment(1, 2, 1, DispatchMode.Reference);
        var ended = await _silo.Client.Start(SmallRuns.Spec(), deployment);
        Ended = ended.RunId;
        await ended.GetResult(TestContext.Current.CancellationToken);
        _long = await _silo.Client.Start(Specifications.Small("training.steps=1000000", "training.stop.enabled=false"), deployment, tracedShare: 0.05);
    }

    /// <summary>Serves the page.</summary>
    /// <param name="port">Its port; null for any that is free.</param>
    /// <param name="token">The token that browsers need; null for none.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="log">Receives log entries; null for nobody.</param>
    internal Task<PageServer> Serve(int? port = null, string? token = null, TimeProvider? time = null, ILoggerFactory? log = null) => PageServer.Start(
        new PageSettings(new IPEndPoint(IPAddress.Loopback, port ?? FreePorts.Find(1)[0]), token),
        new PageSource(_silo!.Client, "silo-1", IsCommand: false, time ?? TimeProvider.System),
        log ?? NullLoggerFactory.Instance);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_long is not null) await _long.Stop();
        if (_silo is not null) await _silo.DisposeAsync();
    }
}

/// <summary>The tests of the live page share a cluster, and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class LivePageTestGroup : ICollectionFixture<LiveCluster>
{
    public const string Name = "live page";
}
