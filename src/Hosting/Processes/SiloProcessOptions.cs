using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>A silo of this machine's own, to be started.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ClusterId">The cluster.</param>
/// <param name="SiloPort">Port that other silos reach it by.</param>
/// <param name="GatewayPort">Port that clients reach it by.</param>
/// <param name="HttpPort">Port of its health endpoints; 0 for none.</param>
/// <param name="Primary">Silo port of the first silo, where no Redis lists them.</param>
/// <param name="Redis">Connection string of the Redis that lists the silos; null for none.</param>
/// <param name="Threads">Threads of its compute lane.</param>
/// <param name="DataFolder">Folder through which silos share the data sets that they make; null where each has its own.</param>
internal sealed record SiloSetup(string Name, string ClusterId, int SiloPort, int GatewayPort, int HttpPort, int Primary, string? Redis, int Threads, string? DataFolder = null)
{
    /// <summary>Where clients reach it.</summary>
    [JsonIgnore]
    public IPEndPoint Gateway => new(IPAddress.Loopback, GatewayPort);

    /// <summary>The name of a silo, by its number from 0.</summary>
    /// <param name="number">Its number.</param>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"silo-{number + 1}");

    /// <summary>The options of moe-silo. All that matter are given: neither a settings file nor the environment has a say.</summary>
    [JsonIgnore]
    public IEnumerable<string> Arguments =>
    [
        "--name", Name, "--cluster-id", ClusterId, "--advertised-address", "127.0.0.1",
        "--silo-port", Text(SiloPort), "--gateway-port", Text(GatewayPort), "--http-port", Text(HttpPort), "--threads", Text(Threads),
        "--log-format", "text", "--drain-seconds", "30",
        .. DataFolder is { } folder ? (string[])["--data-folder", folder] : [],
        .. Redis is { } redis ? (string[])["--clustering", "redis", "--redis", redis] : ["--clustering", "development", "--primary", $"127.0.0.1:{Text(Primary)}"],
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
