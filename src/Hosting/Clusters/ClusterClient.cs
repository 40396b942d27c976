using System.Net;
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
    // A silo that hangs must not hold up the others for long. If none answers, they may be busy.
    private static readonly TimeSpan s_firstTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lastTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(2);

    // The silo passes messages on to the address that the client has called: behind a forwarded port that is not its own.
    private const string Forwarded = "a client has to reach every silo at its advertised address and gateway port: through a forwarded port, run the command next to a silo, as with ssh or kubectl exec";

    private readonly IHost _host;

    private ClusterClient(IHost host, GatewayTurn gateways) => (_host, Gateways) = (host, gateways);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The gateways of the cluster.</summary>
    public GatewayTurn Gateways { get; }

    /// <summary>Connects through gateways of the cluster.</summary>
    /// <param name="gateways">Addresses and gateway ports.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="waiting">Receives a sentence if the first gateway does not answer; null for none.</param>
    /// <exception cref="ConfigurationException">No gateway accepts a connection, no silo of the cluster answers, or one has another version.</exception>
    public static async Task<ClusterClient> Connect(IReadOnlyList<IPEndPoint> gateways, string clusterId, Action<string>? waiting = null)
    {
        var where = string.Join(", ", gateways);
        // Orleans' own client would retry a refused connection for a long time.
        var accepts = await Task.WhenAll(gateways.Select(GatewayTurn.Accepts));
        if (!accepts.Contains(true)) throw NoAnswer(clusterId, where, "the connection is refused");
        var open = gateways.Where((_, at) => accepts[at]).ToArray();
        return await ConnectInTurn(client => client.UseStaticClustering([.. open, .. gateways.Except(open)]), clusterId, where, open.Length, waiting);
    }

    /// <summary>Connects to a cluster that Redis lists.</summary>
    /// <param name="redis">Connection string of Redis.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="waiting">Receives a sentence if the first gateway does not answer; null for none.</param>
    /// <exception cref="ConfigurationException">Redis does not answer or does not list the cluster, or a silo has another version.</exception>
    public static async Task<ClusterClient> ConnectByRedis(string redis, string clusterId, Action<string>? waiting = null)
    {
        // Orleans' own client would create the missing list, and wait for silos.
        if (!await RedisConnection.HasCluster(redis, clusterId)) throw new ClusterUnavailableException($"redis {RedisConnectionString.Parse(redis).Endpoints} lists no cluster '{clusterId}'");
        return await ConnectInTurn(
            client => client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = RedisConnectionString.Parse(redis).Options;
                options.CreateMultiplexer = async _ => (await RedisConnection.Open(redis), false);
            }),
            clusterId,
            $"redis {RedisConnectionString.Parse(redis).Endpoints}",
            attempts: null,
            waiting);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    /// <summary>Asks each gateway in turn, and each once more with more time.</summary>
    /// <param name="clustering">Where the client finds the gateways.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="where">Where the cluster is looked for, for a message.</param>
    /// <param name="attempts">How many gateways are asked; null for all that the cluster lists.</param>
    /// <param name="waiting">Receives a sentence if the first does not answer.</param>
    private static async Task<ClusterClient> ConnectInTurn(Action<IClientBuilder> clustering, string clusterId, string where, int? attempts, Action<string>? waiting)
    {
        var (gateways, reason) = (new GatewayTurn(), "");
        if (attempts != 1)
        {
            for (var asked = 0; asked < (attempts ?? Math.Max(1, gateways.Count)); asked++)
            {
                if (await TryConnect(clustering, clusterId, gateways, s_firstTimeout) is ({ } client, _)) return client;
                if (asked == 0) waiting?.Invoke("a silo does not answer; asking the others");
            }
        }

        for (var asked = 0; asked < (attempts ?? Math.Max(1, gateways.Count)); asked++)
        {
            (var client, reason) = await TryConnect(clustering, clusterId, gateways, s_lastTimeout);
            if (client is not null) return client;
        }

        throw NoAnswer(clusterId, where, reason);
    }

    private static async Task<(ClusterClient? Client, string Reason)> TryConnect(Action<IClientBuilder> clustering, string clusterId, GatewayTurn gateways, TimeSpan limit)
    {
        var host = Build(clustering, clusterId, gateways);
        try
        {
            using var timeout = new CancellationTokenSource(limit);
            await host.StartAsync(timeout.Token).WaitAsync(timeout.Token);
            ClusterVersion.Current.Check(host.Services.GetRequiredService<IClusterManifestProvider>().Current);
            return (new ClusterClient(host, gateways), "");
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
            gateways.Next();
            return (null, failure is OperationCanceledException ? $"not within {limit.TotalSeconds:0} s; {Forwarded}" : failure.GetBaseException().Message.ReplaceLineEndings(" "));
        }
    }

    private static IHost Build(Action<IClientBuilder> clustering, string clusterId, GatewayTurn gateways)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // The caller reports failures.
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, UnownedHostLifetime>();
        builder.Services.SendEveryException();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (clusterId, ClusteringExtensions.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => (messaging.ResponseTimeout, messaging.MaxMessageBodySize) = (ClusterCalls.ResponseTimeout, LargestMessage.Limit));
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = s_refresh);
            clustering(client);
            OneGateway.Use(client.Services, gateways);
        });
        return builder.Build();
    }

    private static ClusterUnavailableException NoAnswer(string clusterId, string where, string reason) =>
        new($"no silo of a cluster '{clusterId}' answers at {where}: {reason}");
}
