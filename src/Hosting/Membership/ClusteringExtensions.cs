using System.Net;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Hosting.Clusters;
using Orleans.Configuration;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Membership;

/// <summary>Makes a silo a member of a cluster.</summary>
internal static class ClusteringExtensions
{
    /// <summary>The same in every cluster of MoeOrleans: Redis keys contain it.</summary>
    public const string ServiceId = "moe-orleans";

    /// <summary>Sets the silo's name, its endpoints, its cluster, and where that cluster lists its silos.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The member.</param>
    /// <param name="redis">The Redis that lists the cluster's silos; null: the first silo lists them.</param>
    public static ISiloBuilder UseCluster(this ISiloBuilder silo, ClusterMemberOptions options, IConnectionMultiplexer? redis)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ServiceId));
        silo.Configure<SiloOptions>(own => own.SiloName = options.Name);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            (endpoint.AdvertisedIPAddress, endpoint.SiloPort, endpoint.GatewayPort) = (options.AdvertisedAddress, options.SiloPort, options.GatewayPort);
            endpoint.SiloListeningEndpoint = new IPEndPoint(options.ListenAddress, options.SiloPort);
            endpoint.GatewayListeningEndpoint = new IPEndPoint(options.ListenAddress, options.GatewayPort);
        });
        silo.Configure<ClusterMembershipOptions>(DetectFailuresSoon);
        if (redis is null) return silo.UseDevelopmentClustering(options.Primary);
        return silo.UseRedisClustering(clustering =>
        {
            clustering.ConfigurationOptions = RedisConnectionString.Parse(options.Redis).Options;
            clustering.CreateMultiplexer = _ => Task.FromResult((redis, true));
        });
    }

    // Orleans declares a dead silo dead after about three seconds. Compute has its own threads, so a busy silo still answers probes.
    private static void DetectFailuresSoon(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        // A silo that hangs, or a host that goes silent, has open connections. Orleans counts the last message on them as a sign of life for
        // three times this timeout, which is by default four times the first.
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 1;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
    }
}
