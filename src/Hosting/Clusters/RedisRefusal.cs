using System.Net.Sockets;
using System.Security.Authentication;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Why Redis cannot be used, in words that name the fix.</summary>
internal static class RedisRefusal
{
    private const string Loading = "it is still loading its data";

    /// <summary>Explains why a connection failed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="failure">How it failed.</param>
    public static async Task<ConfigurationException> OfConnection(RedisConnectionString connection, RedisConnectionException failure)
    {
        var (reason, mayCome) = await Reason(connection.Options, failure);
        var line = $"redis {connection.Endpoints}: {reason}";
        return mayCome ? new ClusterUnavailableException(line) : new ConfigurationException(line);
    }

    /// <summary>Explains why Redis refused a command.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="failure">What Redis answered, such as NOPERM; its own words never have the password.</param>
    public static ConfigurationException OfCommand(RedisConnectionString connection, RedisServerException failure) => IsLoading(failure)
        ? new ClusterUnavailableException($"redis {connection.Endpoints}: {Loading}")
        : new ConfigurationException($"redis {connection.Endpoints}: refuses a command: {failure.Message.ReplaceLineEndings(" ")}; silos and clients need to read and write hashes and to run scripts");

    private static bool IsLoading(RedisServerException failure) => failure.Message.Contains("LOADING", StringComparison.Ordinal);

    /// <summary>The reason, and whether Redis may only be starting.</summary>
    private static async Task<(string Reason, bool MayCome)> Reason(ConfigurationOptions options, RedisConnectionException failure)
    {
        if (failure.InnerException is RedisServerException early && IsLoading(early)) return (Loading, true);
        if (failure.InnerException is AuthenticationException certificate)
            return ($"its certificate is refused: {certificate.Message.ReplaceLineEndings(" ")}", false);
        // A handshake of TLS that is cut off is reported as an authentication failure too.
        if (failure.InnerException is RedisServerException refused)
            return (refused.Message.Contains("NOAUTH", StringComparison.Ordinal) ? "it wants a password; add ,password=..." : "it refuses this user name or password", false);
        foreach (var endpoint in options.EndPoints)
        {
            var error = await PortProbe.Connect(endpoint);
            if (error == SocketError.Success)
            {
                return (options.Ssl
                    ? "it accepts connections but no TLS; leave out ssl=true or use redis:// if Redis has no TLS"
                    : "it accepts connections but does not answer as Redis does; if it wants TLS, add ,ssl=true or use rediss://", false);
            }

            if (error is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain) return ("there is no such host", true);
        }

        return ("no answer; is Redis running, and reachable from here?", true);
    }
}
