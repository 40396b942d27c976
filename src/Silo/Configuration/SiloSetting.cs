using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Silo.Configuration;

/// <summary>A setting of moe-silo.</summary>
/// <param name="Name">Its key in the section Moe of a settings file; MOE__NAME in the environment.</param>
/// <param name="Option">Its option on the command line.</param>
/// <param name="Value">What the value is called in help.</param>
/// <param name="Meaning">What it means, and what is valid.</param>
internal sealed record SiloSetting(string Name, string Option, string Value, string Meaning)
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Moe";

    /// <summary>Every setting.</summary>
    public static IReadOnlyList<SiloSetting> All { get; } =
    [
        new(nameof(SiloOptions.Name), "--name", "NAME", "Name of this silo, unlike any other's in the cluster (default: the machine's name and the silo port)"),
        new(nameof(SiloOptions.SiloPort), "--silo-port", "PORT", "Port that other silos reach it by (default 11111)"),
        new(nameof(SiloOptions.GatewayPort), "--gateway-port", "PORT", "Port that clients, such as moe, reach it by (default 30000)"),
        new(nameof(SiloOptions.AdvertisedAddress), "--advertised-address", "IP", "Address that silos and clients reach it by (default 127.0.0.1)"),
        new(nameof(SiloOptions.ClusterId), "--cluster-id", "ID", "The cluster it belongs to (default moe)"),
        new(nameof(SiloOptions.Clustering), "--clustering", "KIND", "Where the cluster's silos are listed: development (in the first silo; default) or redis"),
        new(nameof(SiloOptions.Primary), "--primary", "IP:PORT", "With development: address and silo port of the first silo (default: this is the first)"),
        new(nameof(SiloOptions.Redis), "--redis", "CONNECTION", "With redis: its connection string, as StackExchange.Redis reads it (default localhost:6379)"),
        new(nameof(SiloOptions.Threads), "--threads", "N", "Compute threads, 1 to 256 (default: the number of cores)"),
        new(nameof(SiloOptions.HttpPort), "--http-port", "PORT", "Port of /health/live and /health/ready, 0 for none (default 8080)"),
        new(nameof(SiloOptions.LogFormat), "--log-format", "FORMAT", "Log on standard output: text (default) or json, an object a line"),
        new("DrainSeconds", "--drain-seconds", "N", "How long a stop waits at most until its experts have moved to other silos, 0 to 3600 (default 30)"),
        new(nameof(SiloOptions.DataFolder), "--data-folder", "DIR", "Folder through which silos of this machine share the data sets that they make, to have them in memory once (default: each has its own)"),
    ];

    /// <summary>Its key in a configuration.</summary>
    public string Key => $"{Section}:{Name}";

    /// <summary>Its variable in the environment.</summary>
    public string Variable => $"{Section}__{Name}".ToUpperInvariant();
}
