using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting.Clusters;
using Orleans.Configuration;
using StackExchange.Redis;
using OrleansSiloOptions = Orleans.Configuration.SiloOptions;

namespace MoeOrleans.Hosting.Silos;

/// <summary>Makes a silo one of a cluster.</summary>
internal static class ClusterSilo
{
    /// <summary>The same in every cluster of ours: what is stored is found again under it.</summary>
    public const string ServiceId = "moe-orleans";

    /// <summary>Configures it.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">How it is set up.</param>
    /// <param name="redis">Where the cluster's silos are listed; null: in the first one.</param>
    public static void Configure(ISiloBuilder silo, SiloOptions options, IConnectionMultiplexer? redis)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ServiceId));
        silo.Configure<OrleansSiloOptions>(own => own.SiloName = options.Name);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            (endpoint.AdvertisedIPAddress, endpoint.SiloPort, endpoint.GatewayPort) = (options.AdvertisedAddress, options.SiloPort, options.GatewayPort);
            endpoint.SiloListeningEndpoint = new IPEndPoint(options.ListenAddress, options.SiloPort);
            endpoint.GatewayListeningEndpoint = new IPEndPoint(options.ListenAddress, options.GatewayPort);
        });
        silo.Configure<ClusterMembershipOptions>(SeeLossesSoon);
        if (redis is null)
            silo.UseDevelopmentClustering(options.Primary);
        else
            silo.UseRedisClustering(clustering => (clustering.ConfigurationOptions, clustering.CreateMultiplexer) = (RedisConnection.Parse(options.Redis), _ => Task.FromResult((redis, true))));
        if (options.DataFolder is { } folder)
        {
            silo.Services.AddSingleton(new SharedData(folder));
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(_ => new JoinInTurn(folder));
        }

        silo.AddMoeOrleans(options.Threads);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Admission>();
    }

    // A dead silo is out after about three seconds. Compute has threads of its own, so a busy silo still answers probes.
    private static void SeeLossesSoon(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 1;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
    }
}
