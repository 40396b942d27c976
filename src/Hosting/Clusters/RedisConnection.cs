using System.Net;
using MoeOrleans.Hosting.Silos;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Connections to the Redis that lists a cluster's silos.</summary>
public static class RedisConnection
{
    /// <summary>Connects, within a few seconds or not at all.</summary>
    /// <param name="connection">The connection string.</param>
    /// <exception cref="ConfigurationException">The string cannot be read, or nobody answers.</exception>
    public static async Task<IConnectionMultiplexer> Open(string connection)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(Parse(connection));
        }
        catch (RedisConnectionException)
        {
            throw new ConfigurationException($"redis: nobody answers at '{Endpoints(connection)}'; is it running, and reachable from here?");
        }
    }

    /// <summary>Removes what lists the silos of a cluster that is no more.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <exception cref="ConfigurationException">Nobody answers.</exception>
    public static async Task Forget(string connection, string clusterId)
    {
        await using var redis = await Open(connection);
        await redis.GetDatabase().KeyDeleteAsync(Key(clusterId));
    }

    /// <summary>Whether it lists the silos of a cluster.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <exception cref="ConfigurationException">Nobody answers.</exception>
    public static async Task<bool> Lists(string connection, string clusterId)
    {
        await using var redis = await Open(connection);
        return await redis.GetDatabase().KeyExistsAsync(Key(clusterId));
    }

    /// <summary>Reads a connection string.</summary>
    /// <param name="connection">The string, as StackExchange.Redis documents it.</param>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static ConfigurationOptions Parse(string connection)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connection);
            if (options.EndPoints.Count == 0) throw new ArgumentException("it names no host");
            // Who connects waits for an answer: an error within seconds is worth more than patience.
            options.AbortOnConnectFail = true;
            options.ConnectRetry = 1;
            options.ConnectTimeout = Math.Min(options.ConnectTimeout, 4000);
            return options;
        }
        catch (ArgumentException failure)
        {
            throw new ConfigurationException($"redis: cannot read the connection string: {failure.Message.ReplaceLineEndings(" ")}; such as localhost:6379");
        }
    }

    /// <summary>The hosts of a connection string, without its password.</summary>
    /// <param name="connection">The connection string.</param>
    public static string Endpoints(string connection) => string.Join(",", Parse(connection).EndPoints.Select(endpoint => endpoint is DnsEndPoint host ? $"{host.Host}:{host.Port}" : endpoint.ToString()));

    private static RedisKey Key(string clusterId) =>
        RedisClusteringOptions.DefaultCreateRedisKey(new ClusterOptions { ClusterId = clusterId, ServiceId = ClusterSilo.ServiceId });
}
