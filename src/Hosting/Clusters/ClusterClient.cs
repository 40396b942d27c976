using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.Silos;
using Orleans.Configuration;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>A connection to a cluster, for a program that is no silo.</summary>
public sealed class ClusterClient : IAsyncDisposable
{
    // To find that nobody is there takes little; a silo that is there may be busy.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly IHost _host;

    private ClusterClient(IHost host) => _host = host;

    /// <summary>Where the cluster's grains are found.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Connects to a cluster by gateways of it.</summary>
    /// <param name="gateways">Addresses and gateway ports.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <exception cref="ConfigurationException">
    /// Nobody takes a connection there within three seconds, no silo of the cluster answers within fifteen, or it has another version.
    /// </exception>
    public static async Task<ClusterClient> Connect(IReadOnlyList<IPEndPoint> gateways, string clusterId)
    {
        var where = string.Join(", ", gateways);
        // Orleans' own client would try again and again where a connection is refused.
        if (!(await Task.WhenAll(gateways.Select(TakesConnections))).Contains(true)) throw Unanswered(clusterId, where, "nobody takes connections there");
        return await Connect(client => client.UseStaticClustering([.. gateways]), clusterId, where);
    }

    /// <summary>Connects to a cluster that is listed in Redis.</summary>
    /// <param name="redis">Its connection string.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <exception cref="ConfigurationException">There is no such Redis or cluster, or the cluster has another version.</exception>
    public static async Task<ClusterClient> ConnectByRedis(string redis, string clusterId)
    {
        // Orleans' own client would create the list that it does not find, and wait for silos.
        if (!await RedisConnection.Lists(redis, clusterId)) throw new ConfigurationException($"redis {RedisConnection.Endpoints(redis)} lists no cluster '{clusterId}'");
        return await Connect(
            client => client.UseRedisClustering(options => (options.ConfigurationOptions, options.CreateMultiplexer) = (RedisConnection.Parse(redis), async _ => (await RedisConnection.Open(redis), false))),
            clusterId,
            $"redis {RedisConnection.Endpoints(redis)}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static async Task<ClusterClient> Connect(Action<IClientBuilder> clustering, string clusterId, string where)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // A failure is told by whoever meets it; signals are the program's own.
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (clusterId, ClusterSilo.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.MaxMessageBodySize = LargestMessage.Limit);
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            clustering(client);
        });
        var host = builder.Build();
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            await host.StartAsync(patience.Token).WaitAsync(patience.Token);
            ClusterVersion.Current.Check(host.Services.GetRequiredService<IClusterManifestProvider>().Current);
            return new ClusterClient(host);
        }
        catch (ConfigurationException)
        {
            host.Dispose();
            throw;
        }
#pragma warning disable CA1031 // Orleans fails in many ways, which all mean that nobody of that cluster is there.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            host.Dispose();
            var reason = failure is OperationCanceledException ? $"not within {s_patience.TotalSeconds:0} s" : failure.GetBaseException().Message.ReplaceLineEndings(" ");
            throw Unanswered(clusterId, where, reason);
        }
    }

    private static async Task<bool> TakesConnections(IPEndPoint gateway)
    {
        using var patience = new CancellationTokenSource(s_look);
        using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(gateway, patience.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static ConfigurationException Unanswered(string clusterId, string where, string reason) =>
        new($"no silo of a cluster '{clusterId}' answers at {where}: {reason}");
}
