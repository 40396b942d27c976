using System.Net;
using System.Net.Sockets;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Where clients find a cluster: gateways of its silos, or the Redis that lists them.</summary>
/// <param name="Gateways">Addresses and gateway ports; empty with Redis.</param>
/// <param name="Redis">Connection string of Redis; null with gateways.</param>
/// <param name="ClusterId">The cluster.</param>
internal sealed record ClusterAddress(IReadOnlyList<IPEndPoint> Gateways, string? Redis, string ClusterId)
{
    /// <summary>The variable of the environment that is the default of --connect, and may hold a password of Redis.</summary>
    public const string Variable = "MOE__CONNECT";

    private const string DefaultId = "moe";

    /// <summary>The certificates of the client; null without TLS.</summary>
    public TlsFolder? Tls { get; init; }

    /// <summary>The host, with port, of gateways that are not known yet: its name did not resolve when the address was read.</summary>
    public DnsEndPoint? LaterHost { get; private init; }

    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    public const string Syntax = "HOST:PORT of a silo's gateway, or redis://HOST:PORT (rediss:// with TLS); with /CLUSTERID unless the cluster is 'moe'";

    /// <summary>A cluster that lists its silos in Redis or, if there is no Redis, in its first silo.</summary>
    public static ClusterAddress Of(IEnumerable<IPEndPoint> gateways, string? redis, string clusterId) =>
        redis is null ? new ClusterAddress([.. gateways], null, clusterId) : new ClusterAddress([], redis, clusterId);

    /// <param name="text">The address as a user types it.</param>
    /// <param name="option">The option, variable or parameter that has it: errors begin with it.</param>
    /// <param name="mayStart">Whether the host of a gateway may be unknown until <see cref="Connect"/>, because it may still be starting.</param>
    /// <exception cref="ConfigurationException">The text is no address.</exception>
    public static ClusterAddress Parse(string text, string option, bool mayStart = false)
    {
        if (RedisConnectionString.IsUri(text)) return new ClusterAddress([], text, RedisId(text, option));
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (place, id) = slash < 0 ? (text, DefaultId) : (text[..slash], text[(slash + 1)..]);
        if (place.Length == 0 || id.Length == 0) throw Malformed(text, option);
        if (IPEndPoint.TryParse(place, out var endpoint) && endpoint.Port > 0) return new ClusterAddress([endpoint], null, id);
        var host = Host(place, text, option);
        var gateways = Resolve(host);
        if (gateways.Count == 0 && !mayStart) throw new ConfigurationException($"{option}: {NoHost(host)}");
        return new ClusterAddress(gateways, null, id) { LaterHost = gateways.Count == 0 ? host : null };
    }

    /// <summary>Connects a client.</summary>
    /// <param name="waiting">Receives a sentence if the first gateway does not answer; null for none.</param>
    /// <exception cref="ConfigurationException">No silo of the cluster answers, or one refuses this program or has another version.</exception>
    public Task<ClusterClient> Connect(Action<string>? waiting = null)
    {
        if (Redis is { } redis) return ClusterClient.ConnectByRedis(redis, ClusterId, waiting, Tls);
        var gateways = LaterHost is { } host ? Resolve(host) : Gateways;
        return gateways.Count > 0 ? ClusterClient.Connect(gateways, ClusterId, waiting, Tls) : throw new ClusterUnavailableException(NoHost(LaterHost!));
    }

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

    private static DnsEndPoint Host(string place, string text, string option)
    {
        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(place[(colon + 1)..], out var port) || port is < 1 or > IPEndPoint.MaxPort) throw Malformed(text, option);
        return new DnsEndPoint(place[..colon], port);
    }

    /// <summary>The addresses of a host; empty if there is no such host.</summary>
    private static IReadOnlyList<IPEndPoint> Resolve(DnsEndPoint host)
    {
        try
        {
            return [.. Dns.GetHostAddresses(host.Host).Select(address => new IPEndPoint(address, host.Port))];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static string NoHost(DnsEndPoint host) => $"there is no host '{WithoutPassword(host.Host)}'";

    private static ConfigurationException Malformed(string text, string option) => new($"{option}: must be {Syntax}; got {WithoutPassword(text.ReplaceLineEndings(" "))}");

    // Terminals are copied and logged.
    private static string WithoutPassword(string text)
    {
        var (start, at) = (text.IndexOf("//", StringComparison.Ordinal) is >= 0 and var slashes ? slashes + 2 : 0, text.LastIndexOf('@'));
        return at > start ? $"{text[..start]}***{text[at..]}" : text;
    }
}
