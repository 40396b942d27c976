using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Tests;

/// <summary>A silo in the test's process with a gateway, for commands with --connect.</summary>
internal sealed class ClusterOfOne : IAsyncDisposable
{
    private readonly IHost _host;

    private ClusterOfOne()
    {
        var ports = FreePorts.Find(2);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(
                new ClusterMemberOptions("silo-1", ports[0], ports[1], IPAddress.Loopback, IPAddress.Loopback, "moe", ClusteringKind.Development, new IPEndPoint(IPAddress.Loopback, ports[0]), ""), redis: null);
            silo.AddMoeOrleans(options => (options.Threads, options.DrainTimeout) = (1, TimeSpan.Zero));
        });
        _host = builder.Build();
        Endpoint = new IPEndPoint(IPAddress.Loopback, ports[1]).ToString();
    }

    /// <summary>What --connect takes.</summary>
    public string Endpoint { get; }

    public TrainingClient Client => _host.Services.GetRequiredService<TrainingClient>();

    /// <summary>Starts it.</summary>
    public static async Task<ClusterOfOne> Start()
    {
        var cluster = new ClusterOfOne();
        await cluster._host.StartAsync(TestContext.Current.CancellationToken);
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
