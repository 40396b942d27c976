using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Silos;
using Orleans.Configuration;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>A connection to a cluster from a program that is no silo.</summary>
internal sealed class ClusterClient : IAsyncDisposable
{
    // An open port answers at once; a silo behind it may be busy.
    private static readonly TimeSpan s_portTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_siloTimeout = TimeSpan.FromSeconds(15);

    // The silo passes messages on to the address that the client has called: behind a forwarded port that is not its own.
    private const string Forwarded = "a client has to reach every silo at its advertised address and gateway port: through a forwarded port, run the command next to a silo, as with ssh or kubectl exec";

    private readonly IHost _host;

    private ClusterClient(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Connects through gateways of the cluster.</summary>
    /// <param name="gateways">Addresses and gateway ports.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <exception cref="ConfigurationException">
    /// No gateway accepts a connection within 3 seconds, no silo of the cluster answers within 15, or one has another version.
    /// </exception>
    public static async Task<ClusterClient> Connect(IReadOnlyList<IPEndPoint> gateways, string clusterId)
    {
        var where = string.Join(", ", gateways);
        // Orleans' own client would retry a refused connection for a long time.
        if (!(await Task.WhenAll(gateways.Select(AcceptsConnections))).Contains(true)) throw NoAnswer(clusterId, where, "the connection is refused");
        return await Connect(client => client.UseStaticClustering([.. gateways]), clusterId, where);
    }

    /// <summary>Connects to a cluster that Redis lists.</summary>
    /// <param name="redis">Connection string of Redis.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <exception cref="ConfigurationException">Redis does not answer or does not list the cluster, or a silo has another version.</exception>
    public static async Task<ClusterClient> ConnectByRedis(string redis, string clusterId)
    {
        // Orleans' own client would create the missing list, and wait for silos.
        if (!await RedisConnection.HasCluster(redis, clusterId)) throw new ConfigurationException($"redis {RedisConnectionString.Parse(redis).Endpoints} lists no cluster '{clusterId}'");
        return await Connect(
            client => client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = RedisConnectionString.Parse(redis).Options;
                options.CreateMultiplexer = async _ => (await RedisConnection.Open(redis), false);
            }),
            clusterId,
            $"redis {RedisConnectionString.Parse(redis).Endpoints}");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static async Task<ClusterClient> Connect(Action<IClientBuilder> clustering, string clusterId, string where)
    {
        var host = Build(clustering, clusterId);
        try
        {
            using var timeout = new CancellationTokenSource(s_siloTimeout);
            await host.StartAsync(timeout.Token).WaitAsync(timeout.Token);
            ClusterVersion.Current.Check(host.Services.GetRequiredService<IClusterManifestProvider>().Current);
            return new ClusterClient(host);
        }
        catch (ConfigurationException)
        {
            host.Dispose();
            throw;
        }
#pragma warning disable CA1031 // Orleans fails in many ways, which all mean that no silo of this cluster answers.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            host.Dispose();
            var reason = failure is OperationCanceledException ? $"not within {s_siloTimeout.TotalSeconds:0} s; {Forwarded}" : failure.GetBaseException().Message.ReplaceLineEndings(" ");
            throw NoAnswer(clusterId, where, reason);
        }
    }

    private static IHost Build(Action<IClientBuilder> clustering, string clusterId)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // The caller reports failures.
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, UnownedHostLifetime>();
        builder.Services.SendEveryException();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (clusterId, ClusteringExtensions.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.MaxMessageBodySize = LargestMessage.Limit);
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            clustering(client);
        });
        return builder.Build();
    }

    private static async Task<bool> AcceptsConnections(IPEndPoint gateway)
    {
        using var timeout = new CancellationTokenSource(s_portTimeout);
        using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(gateway, timeout.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static ConfigurationException NoAnswer(string clusterId, string where, string reason) =>
        new($"no silo of a cluster '{clusterId}' answers at {where}: {reason}");
}
