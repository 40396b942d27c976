using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Tls;
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
    /// <param name="tls">The certificates of this program; null without TLS.</param>
    /// <exception cref="ConfigurationException">No gateway accepts a connection, no silo of the cluster answers, or one has another version.</exception>
    public static async Task<ClusterClient> Connect(IReadOnlyList<IPEndPoint> gateways, string clusterId, Action<string>? waiting = null, TlsFolder? tls = null)
    {
        var where = string.Join(", ", gateways);
        // Orleans' own client would retry a refused connection for a long time.
        var accepts = await Task.WhenAll(gateways.Select(GatewayTurn.Accepts));
        if (!accepts.Contains(true)) throw NoAnswer(clusterId, where, "the connection is refused");
        var open = gateways.Where((_, at) => accepts[at]).ToArray();
        return await ConnectInTurn(client => client.UseStaticClustering([.. open, .. gateways.Except(open)]), new Target(clusterId, where, tls), open.Length, waiting);
    }

    /// <summary>Connects to a cluster that Redis lists.</summary>
    /// <param name="redis">Connection string of Redis.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="waiting">Receives a sentence if the first gateway does not answer; null for none.</param>
    /// <param name="tls">The certificates of this program; null without TLS.</param>
    /// <exception cref="ConfigurationException">Redis does not answer or does not list the cluster, or a silo has another version.</exception>
    public static async Task<ClusterClient> ConnectByRedis(string redis, string clusterId, Action<string>? waiting = null, TlsFolder? tls = null)
    {
        // Orleans' own client would create the missing list, and wait for silos.
        if (!await RedisConnection.HasCluster(redis, clusterId)) throw new ClusterUnavailableException($"redis {RedisConnectionString.Parse(redis).Endpoints} lists no cluster '{clusterId}'");
        return await ConnectInTurn(
            client => client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = RedisConnectionString.Parse(redis).Options;
                options.CreateMultiplexer = async _ => (await RedisConnection.Open(redis), false);
            }),
            new Target(clusterId, $"redis {RedisConnectionString.Parse(redis).Endpoints}", tls),
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
    /// <param name="target">The cluster.</param>
    /// <param name="attempts">How many gateways are asked; null for all that the cluster lists.</param>
    /// <param name="waiting">Receives a sentence if the first does not answer.</param>
    private static async Task<ClusterClient> ConnectInTurn(Action<IClientBuilder> clustering, Target target, int? attempts, Action<string>? waiting)
    {
        var (gateways, reason) = (new GatewayTurn(), "");
        foreach (var limit in attempts == 1 ? (TimeSpan[])[s_lastTimeout] : [s_firstTimeout, s_lastTimeout])
        {
            var refusals = 0;
            for (var asked = 0; asked < (attempts ?? Math.Max(1, gateways.Count)); asked++)
            {
                (var client, reason, var isRefused) = await TryConnect(clustering, target, gateways, limit);
                if (client is not null) return client;
                if (isRefused) refusals++;
                else if (asked == 0 && limit == s_firstTimeout) waiting?.Invoke("a silo does not answer; asking the others");
            }

            // More time does not change a certificate.
            if (refusals == (attempts ?? Math.Max(1, gateways.Count))) throw new ConfigurationException($"cannot connect to the cluster '{target.ClusterId}' at {target.Where}: {reason}");
        }

        throw NoAnswer(target.ClusterId, target.Where, reason);
    }

    private static async Task<(ClusterClient? Client, string Reason, bool IsRefused)> TryConnect(Action<IClientBuilder> clustering, Target target, GatewayTurn gateways, TimeSpan limit)
    {
        var refusal = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = Build(clustering, target, gateways, reason => refusal.TrySetResult(reason));
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            var start = host.StartAsync(timeout.Token);
            // Orleans' own client would try again after a refusal, until the time is up.
            if (await Task.WhenAny(start, refusal.Task).WaitAsync(timeout.Token) == refusal.Task && !start.IsCompletedSuccessfully) return await Failed(await refusal.Task, isRefused: true);
            await start;
            ClusterVersion.Current.Check(host.Services.GetRequiredService<IClusterManifestProvider>().Current);
            return (new ClusterClient(host, gateways), "", false);
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
            return await Failed(failure is OperationCanceledException ? $"not within {limit.TotalSeconds:0} s; {Forwarded}" : failure.GetBaseException().Message.ReplaceLineEndings(" "), isRefused: false);
        }

        async Task<(ClusterClient?, string, bool)> Failed(string reason, bool isRefused)
        {
            await timeout.CancelAsync();
            host.Dispose();
            gateways.Next();
            return (null, reason, isRefused);
        }
    }

    private static IHost Build(Action<IClientBuilder> clustering, Target target, GatewayTurn gateways, Action<string> refused)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // The caller reports failures.
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, UnownedHostLifetime>();
        builder.Services.SendEveryException();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (target.ClusterId, ClusteringExtensions.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => (messaging.ResponseTimeout, messaging.MaxMessageBodySize) = (ClusterCalls.ResponseTimeout, LargestMessage.Limit));
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = s_refresh);
            client.UseTls(target.Tls, refused);
            clustering(client);
            OneGateway.Use(client.Services, gateways);
        });
        return builder.Build();
    }

    private static ClusterUnavailableException NoAnswer(string clusterId, string where, string reason) =>
        new($"no silo of a cluster '{clusterId}' answers at {where}: {reason}");

    /// <summary>What is connected to.</summary>
    /// <param name="ClusterId">The cluster.</param>
    /// <param name="Where">Where it is looked for, for a message.</param>
    /// <param name="Tls">The certificates of this program; null without TLS.</param>
    private sealed record Target(string ClusterId, string Where, TlsFolder? Tls);
}
