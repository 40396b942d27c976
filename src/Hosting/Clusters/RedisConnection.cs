using System.Net;
using MoeOrleans.Hosting.Membership;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Connections to the Redis that lists a cluster's silos.</summary>
internal static class RedisConnection
{
    private const int MaxConnectMilliseconds = 4000;

    /// <exception cref="ConfigurationException">The connection string cannot be read, or Redis does not answer within seconds.</exception>
    public static async Task<IConnectionMultiplexer> Open(string connection)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(Parse(connection));
        }
        catch (RedisConnectionException)
        {
            throw new ConfigurationException($"redis: no answer at '{Endpoints(connection)}'; is Redis running, and reachable from here?");
        }
    }

    /// <summary>Deletes the list of a cluster's silos, after the last of them has stopped.</summary>
    /// <exception cref="ConfigurationException">Redis does not answer.</exception>
    public static async Task DeleteCluster(string connection, string clusterId)
    {
        await using var redis = await Open(connection);
        await redis.GetDatabase().KeyDeleteAsync(Key(clusterId));
    }

    /// <summary>Whether Redis lists the silos of a cluster.</summary>
    /// <exception cref="ConfigurationException">Redis does not answer.</exception>
    public static async Task<bool> HasCluster(string connection, string clusterId)
    {
        await using var redis = await Open(connection);
        return await redis.GetDatabase().KeyExistsAsync(Key(clusterId));
    }

    /// <summary>Reads a connection string as StackExchange.Redis documents it.</summary>
    /// <exception cref="ConfigurationException">The connection string cannot be read.</exception>
    public static ConfigurationOptions Parse(string connection)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connection);
            if (options.EndPoints.Count == 0) throw new ArgumentException("it names no host");
            // A user waits for the answer: an error within seconds is better than more attempts.
            options.AbortOnConnectFail = true;
            options.ConnectRetry = 1;
            options.ConnectTimeout = Math.Min(options.ConnectTimeout, MaxConnectMilliseconds);
            return options;
        }
        catch (ArgumentException failure)
        {
            throw new ConfigurationException($"redis: cannot read the connection string: {failure.Message.ReplaceLineEndings(" ")}; such as localhost:6379");
        }
    }

    /// <summary>The hosts of a connection string, without its password.</summary>
    public static string Endpoints(string connection) =>
        string.Join(",", Parse(connection).EndPoints.Select(endpoint => endpoint is DnsEndPoint host ? $"{host.Host}:{host.Port}" : endpoint.ToString()));

    private static RedisKey Key(string clusterId) =>
        RedisClusteringOptions.DefaultCreateRedisKey(new ClusterOptions { ClusterId = clusterId, ServiceId = ClusteringExtensions.ServiceId });
}
