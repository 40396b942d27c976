using MoeOrleans.Hosting.Membership;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Connections to the Redis that lists a cluster's silos.</summary>
internal static class RedisConnection
{
    /// <summary>The variable of the environment that holds the connection string, and so its password.</summary>
    public const string Variable = "MOE__REDIS";

    /// <exception cref="ConfigurationException">The connection string cannot be read, or Redis does not answer or refuses the connection.</exception>
    public static async Task<IConnectionMultiplexer> Open(string connection)
    {
        var parsed = RedisConnectionString.Parse(connection);
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(parsed.Options);
        }
        catch (RedisConnectionException failure)
        {
            throw await RedisRefusal.OfConnection(parsed, failure);
        }
    }

    /// <summary>Deletes the list of a cluster's silos, after the last of them has stopped.</summary>
    /// <exception cref="ConfigurationException">Redis does not answer, or refuses.</exception>
    public static Task DeleteCluster(string connection, string clusterId) => Use(connection, redis => redis.KeyDeleteAsync(Key(clusterId)));

    /// <summary>Whether Redis lists the silos of a cluster.</summary>
    /// <exception cref="ConfigurationException">Redis does not answer, or refuses.</exception>
    public static Task<bool> HasCluster(string connection, string clusterId) => Use(connection, redis => redis.KeyExistsAsync(Key(clusterId)));

    /// <summary>Whether Redis lists the silos of a cluster, over a connection that is open.</summary>
    public static Task<bool> HasCluster(IConnectionMultiplexer redis, string clusterId) => redis.GetDatabase().KeyExistsAsync(Key(clusterId));

    private static async Task<T> Use<T>(string connection, Func<IDatabase, Task<T>> command)
    {
        await using var redis = await Open(connection);
        try
        {
            return await command(redis.GetDatabase());
        }
        catch (RedisServerException refused)
        {
            throw RedisRefusal.OfCommand(RedisConnectionString.Parse(connection), refused);
        }
    }

    private static RedisKey Key(string clusterId) =>
        RedisClusteringOptions.DefaultCreateRedisKey(new ClusterOptions { ClusterId = clusterId, ServiceId = ClusteringExtensions.ServiceId });
}
