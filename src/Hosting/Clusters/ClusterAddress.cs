using System.Net;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Where a cluster is found: by gateways of its silos, or by the Redis that lists them.</summary>
/// <param name="Gateways">Addresses and gateway ports; empty with Redis.</param>
/// <param name="Redis">Connection string of Redis; null with gateways.</param>
/// <param name="ClusterId">The cluster.</param>
internal sealed record ClusterAddress(IReadOnlyList<IPEndPoint> Gateways, string? Redis, string ClusterId)
{
    private const string DefaultId = "moe";
    private const string RedisScheme = "redis://";

    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    public const string Syntax = "HOST:PORT of a silo's gateway, or redis://HOST:PORT; with /CLUSTERID where that is not 'moe'";

    /// <summary>Reads an address as a user types it.</summary>
    /// <param name="text">The address.</param>
    /// <param name="option">The option that names it: errors begin with it.</param>
    public static ClusterAddress Parse(string text, string option)
    {
        var isRedis = text.StartsWith(RedisScheme, StringComparison.OrdinalIgnoreCase);
        var rest = isRedis ? text[RedisScheme.Length..] : text;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (place, id) = slash < 0 ? (rest, DefaultId) : (rest[..slash], rest[(slash + 1)..]);
        if (place.Length == 0 || id.Length == 0) throw new ConfigurationException($"{option}: must be {Syntax}; got {text.ReplaceLineEndings(" ")}");
        return isRedis ? new ClusterAddress([], place, id) : new ClusterAddress(Resolve(place, text, option), null, id);
    }

    /// <summary>Connects.</summary>
    public Task<ClusterClient> Connect() => Redis is { } redis ? ClusterClient.ConnectByRedis(redis, ClusterId) : ClusterClient.Connect(Gateways, ClusterId);

    private static IReadOnlyList<IPEndPoint> Resolve(string place, string text, string option)
    {
        if (IPEndPoint.TryParse(place, out var endpoint) && endpoint.Port > 0) return [endpoint];
        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(place[(colon + 1)..], out var port) || port is < 1 or > IPEndPoint.MaxPort)
            throw new ConfigurationException($"{option}: must be {Syntax}; got {text.ReplaceLineEndings(" ")}");
        try
        {
            return [.. Dns.GetHostAddresses(place[..colon]).Select(address => new IPEndPoint(address, port))];
        }
        catch (System.Net.Sockets.SocketException)
        {
            throw new ConfigurationException($"{option}: no host is called '{place[..colon]}'");
        }
    }
}
