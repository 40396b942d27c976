using System.Net.Sockets;
using System.Security.Authentication;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>Why Redis cannot be used, in words that name the fix.</summary>
internal static class RedisRefusal
{
    /// <summary>Explains why a connection failed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="failure">How it failed.</param>
    public static async Task<ConfigurationException> OfConnection(RedisConnectionString connection, RedisConnectionException failure) =>
        new($"redis {connection.Endpoints}: {await Reason(connection.Options, failure)}");

    /// <summary>Explains why Redis refused a command.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="failure">What Redis answered, such as NOPERM; its own words never have the password.</param>
    public static ConfigurationException OfCommand(RedisConnectionString connection, RedisServerException failure) =>
        new($"redis {connection.Endpoints}: refuses a command: {failure.Message.ReplaceLineEndings(" ")}; silos and clients need to read and write hashes and to run scripts");

    private static async Task<string> Reason(ConfigurationOptions options, RedisConnectionException failure)
    {
        if (failure.InnerException is AuthenticationException certificate)
            return $"its certificate is refused: {certificate.Message.ReplaceLineEndings(" ")}";
        // A handshake of TLS that is cut off is reported as an authentication failure too.
        if (failure.InnerException is RedisServerException refused)
            return refused.Message.Contains("NOAUTH", StringComparison.Ordinal) ? "it wants a password; add ,password=..." : "it refuses this user name or password";
        foreach (var endpoint in options.EndPoints)
        {
            var error = await PortProbe.Connect(endpoint);
            if (error == SocketError.Success) return options.Ssl
                ? "it accepts connections but no TLS; leave out ssl=true or use redis:// if Redis has no TLS"
                : "it accepts connections but does not answer as Redis does; if it wants TLS, add ,ssl=true or use rediss://";
            if (error is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain) return "there is no such host";
        }

        return "no answer; is Redis running, and reachable from here?";
    }
}
