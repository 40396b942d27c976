using System.Net;
using System.Net.Sockets;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Where clients find a cluster: gateways of its silos, or the Redis that lists them.</summary>
/// <param name="Gateways">Addresses and gateway ports; empty with Redis.</param>
/// <param name="Redis">Connection string of Redis; null with gateways.</param>
/// <param name="ClusterId">The cluster.</param>
internal sealed record ClusterAddress(IReadOnlyList<IPEndPoint> Gateways, string? Redis, string ClusterId)
{
    private const string DefaultId = "moe";

    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    public const string Syntax = "HOST:PORT of a silo's gateway, or redis://HOST:PORT (rediss:// with TLS); with /CLUSTERID unless the cluster is 'moe'";

    /// <summary>A cluster that lists its silos in Redis or, if there is no Redis, in its first silo.</summary>
    public static ClusterAddress Of(IEnumerable<IPEndPoint> gateways, string? redis, string clusterId) =>
        redis is null ? new ClusterAddress([.. gateways], null, clusterId) : new ClusterAddress([], redis, clusterId);

    /// <param name="text">The address as a user types it.</param>
    /// <param name="option">The option or parameter that has it: errors begin with it.</param>
    /// <exception cref="ConfigurationException">The text is no address.</exception>
    public static ClusterAddress Parse(string text, string option)
    {
        if (RedisConnectionString.IsUri(text)) return new ClusterAddress([], text, RedisId(text, option));
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (place, id) = slash < 0 ? (text, DefaultId) : (text[..slash], text[(slash + 1)..]);
        if (place.Length == 0 || id.Length == 0) throw Malformed(text, option);
        return new ClusterAddress(Resolve(place, text, option), null, id);
    }

    /// <summary>Connects a client.</summary>
    /// <param name="waiting">Receives a sentence if the first gateway does not answer; null for none.</param>
    /// <exception cref="ConfigurationException">No silo of the cluster answers, or one has another version.</exception>
    public Task<ClusterClient> Connect(Action<string>? waiting = null) =>
        Redis is { } redis ? ClusterClient.ConnectByRedis(redis, ClusterId, waiting) : ClusterClient.Connect(Gateways, ClusterId, waiting);

    private static string RedisId(string text, string option)
    {
        try
        {
            return RedisConnectionString.Parse(text).ClusterId ?? DefaultId;
        }
        catch (ConfigurationException failure)
        {
            throw new ConfigurationException($"{option}: {failure.Message}");
        }
    }

    private static IReadOnlyList<IPEndPoint> Resolve(string place, string text, string option)
    {
        if (IPEndPoint.TryParse(place, out var endpoint) && endpoint.Port > 0) return [endpoint];
        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(place[(colon + 1)..], out var port) || port is < 1 or > IPEndPoint.MaxPort) throw Malformed(text, option);
        try
        {
            return [.. Dns.GetHostAddresses(place[..colon]).Select(address => new IPEndPoint(address, port))];
        }
        catch (SocketException)
        {
            throw new ConfigurationException($"{option}: there is no host '{WithoutPassword(place[..colon])}'");
        }
    }

    private static ConfigurationException Malformed(string text, string option) => new($"{option}: must be {Syntax}; got {WithoutPassword(text.ReplaceLineEndings(" "))}");

    // Terminals are copied and logged.
    private static string WithoutPassword(string text)
    {
        var (start, at) = (text.IndexOf("//", StringComparison.Ordinal) is >= 0 and var slashes ? slashes + 2 : 0, text.LastIndexOf('@'));
        return at > start ? $"{text[..start]}***{text[at..]}" : text;
    }
}
