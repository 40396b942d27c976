using System.Net;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>
/// How to connect to Redis, as a user types it: a connection string of StackExchange.Redis, or a URI <c>redis://</c> or, with TLS,
/// <c>rediss://</c>. Every option and setting reads it the same way.
/// </summary>
/// <param name="Options">The options of the connection.</param>
/// <param name="ClusterId">The cluster that the path of a URI names; null if there is no path.</param>
internal sealed record RedisConnectionString(ConfigurationOptions Options, string? ClusterId)
{
    private const string Scheme = "redis://";
    private const string TlsScheme = "rediss://";

    // A user waits for the answer: an error within seconds is better than more attempts.
    private const int MaxConnectMilliseconds = 4000;

    /// <summary>The hosts without the password, to be shown.</summary>
    public string Endpoints => string.Join(",", Options.EndPoints.Select(endpoint => endpoint is DnsEndPoint host ? $"{host.Host}:{host.Port}" : endpoint.ToString()));

    /// <summary>Whether a text begins like a URI of Redis.</summary>
    /// <param name="text">The text.</param>
    public static bool IsUri(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || text.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a connection string.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ConfigurationException">It cannot be read. The message does not repeat it: it may hold a password.</exception>
    public static RedisConnectionString Parse(string text)
    {
        try
        {
            var (options, id) = IsUri(text) ? ParseUri(text) : (ConfigurationOptions.Parse(text), null);
            if (options.EndPoints.Count == 0) throw new ArgumentException("it names no host");
            for (var i = 0; i < options.EndPoints.Count; i++) options.EndPoints[i] = WithPort(options.EndPoints[i], options.Ssl ? 6380 : 6379);
            options.AbortOnConnectFail = true;
            options.ConnectRetry = 1;
            options.ConnectTimeout = Math.Min(options.ConnectTimeout, MaxConnectMilliseconds);
            return new RedisConnectionString(options, id);
        }
        catch (ArgumentException failure)
        {
            throw new ConfigurationException($"redis: cannot read the connection string: {failure.Message.ReplaceLineEndings(" ")}; such as localhost:6379");
        }
    }

    /// <summary>Reads the connection string of a silo. A silo reads its cluster id from another setting.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ConfigurationException">It cannot be read, or names a cluster.</exception>
    public static RedisConnectionString ParseOfSilo(string text) => Parse(text) is { ClusterId: null } parsed
        ? parsed
        : throw new ConfigurationException("redis: the connection string of silos names no cluster; leave out the path behind the host");

    // redis://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/CLUSTERID][,OPTION=VALUE...]; a '/' within a value is part of the value.
    private static (ConfigurationOptions Options, string? ClusterId) ParseUri(string text)
    {
        var isTls = text.StartsWith(TlsScheme, StringComparison.OrdinalIgnoreCase);
        var rest = text[(isTls ? TlsScheme : Scheme).Length..];
        var (user, password) = ((string?)null, (string?)null);
        var firstValue = rest.IndexOf(',', StringComparison.Ordinal);
        if (rest.LastIndexOf('@', (firstValue < 0 ? rest.Length : firstValue) - 1) is >= 0 and var at)
        {
            (user, password) = UserInfo(rest[..at]);
            rest = rest[(at + 1)..];
        }

        string? id = null;
        var parts = rest.Split(',');
        for (var i = 0; i < parts.Length && !parts[i].Contains('=', StringComparison.Ordinal); i++)
        {
            var slash = parts[i].IndexOf('/', StringComparison.Ordinal);
            if (slash < 0) continue;
            (id, parts[i]) = (parts[i][(slash + 1)..], parts[i][..slash]);
            if (id.Length == 0) throw new ArgumentException("the path behind the host names no cluster");
            break;
        }

        var options = ConfigurationOptions.Parse(string.Join(',', parts));
        if (isTls) options.Ssl = true;
        if (!string.IsNullOrEmpty(user)) options.User = user;
        if (!string.IsNullOrEmpty(password)) options.Password = password;
        return (options, id);
    }

    private static EndPoint WithPort(EndPoint endpoint, int absent) => endpoint switch
    {
        DnsEndPoint { Port: 0 } host => new DnsEndPoint(host.Host, absent),
        IPEndPoint { Port: 0 } address => new IPEndPoint(address.Address, absent),
        _ => endpoint,
    };

    private static (string User, string Password) UserInfo(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? (Uri.UnescapeDataString(text), "")
            : (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }
}
