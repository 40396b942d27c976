using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Hosting.Processes;

/// <summary>The options of a silo process on this machine.</summary>
/// <param name="Name">Name of the silo.</param>
/// <param name="ClusterId">The cluster.</param>
/// <param name="SiloPort">Port for other silos.</param>
/// <param name="GatewayPort">Port for clients.</param>
/// <param name="HttpPort">Port of the health endpoints; 0 for none.</param>
/// <param name="Primary">Silo port of the first silo, if no Redis lists the silos.</param>
/// <param name="Redis">Connection string of the Redis that lists the silos; null for none.</param>
/// <param name="Threads">Threads of the silo's compute lane.</param>
/// <param name="DataFolder">Folder through which the silos share the data sets that they generate; null if each has its own.</param>
/// <param name="ExpertsFrom">Assembly with further kinds of expert; null for none.</param>
/// <param name="PagePort">Port of the live page; 0 for none.</param>
/// <param name="Certificates">Folder with the certificates of the silo; null without TLS.</param>
internal sealed record SiloProcessOptions(
    string Name, string ClusterId, int SiloPort, int GatewayPort, int HttpPort, int Primary, string? Redis, int Threads, string? DataFolder = null,
    string? ExpertsFrom = null, int PagePort = 0, string? Certificates = null)
{
    /// <summary>Where the live page is unless another program has the port.</summary>
    public const int FirstPagePort = 8321;

    /// <summary>Where clients connect.</summary>
    [JsonIgnore]
    public IPEndPoint Gateway => new(IPAddress.Loopback, GatewayPort);

    /// <summary>
    /// The command line of moe-silo. It has every option that matters, so no settings file or environment variable changes one. Every user of the
    /// machine can read it, so it has no password: the connection string of Redis is in <see cref="Environment"/>.
    /// </summary>
    [JsonIgnore]
    public IEnumerable<string> Arguments =>
    [
        "--name", Name, "--cluster-id", ClusterId, "--advertised-address", "127.0.0.1", "--listen-address", "127.0.0.1",
        "--silo-port", Text(SiloPort), "--gateway-port", Text(GatewayPort), "--http-port", Text(HttpPort), "--threads", Text(Threads),
        "--log-format", "text", "--drain-seconds", "30", "--wait-seconds", "0",
        .. DataFolder is { } folder ? (string[])["--data-folder", folder] : [],
        "--page-port", Text(PagePort), "--page-address", "127.0.0.1",
        .. Certificates is { } tls ? (string[])["--tls-folder", tls] : [],
        .. ExpertsFrom is { } assembly ? (string[])["--experts-from", assembly] : [],
        .. Redis is not null ? (string[])["--clustering", "redis"] : ["--clustering", "development", "--primary", $"127.0.0.1:{Text(Primary)}"],
    ];

    /// <summary>Variables of the environment of moe-silo, which only this user can read. They hide what the settings of a silo have there.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, string>> Environment =>
        [new(TlsFolder.Variable, ""), .. Redis is { } redis ? (KeyValuePair<string, string>[])[new(RedisConnection.Variable, redis)] : []];

    /// <summary>The name of a silo by its index from 0: silo-1 is the first.</summary>
    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"silo-{index + 1}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
