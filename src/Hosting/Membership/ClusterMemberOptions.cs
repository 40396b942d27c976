using System.Net;

namespace MoeOrleans.Hosting.Silos;

/// <summary>How a silo is set up, checked when the settings are read.</summary>
/// <param name="Name">Its name, unlike any other silo's of the cluster.</param>
/// <param name="SiloPort">Port that other silos reach it by.</param>
/// <param name="GatewayPort">Port that clients reach it by.</param>
/// <param name="AdvertisedAddress">Address that silos and clients reach it by.</param>
/// <param name="ClusterId">The cluster it belongs to.</param>
/// <param name="Clustering">Where the cluster's silos are listed.</param>
/// <param name="Primary">Silo endpoint of the first silo, with <see cref="ClusteringKind.Development"/>; its own where it is the first.</param>
/// <param name="Redis">Connection string of Redis, with <see cref="ClusteringKind.Redis"/>.</param>
/// <param name="Threads">Threads of its compute lane.</param>
/// <param name="HttpPort">Port of the health endpoints; 0 for none.</param>
/// <param name="LogFormat">How it writes its log.</param>
/// <param name="Drain">How long it waits at most, when it is asked to stop, until its experts have moved to other silos.</param>
/// <param name="DataFolder">Folder through which silos of its machine share the data sets that they make; null where each has its own.</param>
public sealed record SiloOptions(
    string Name,
    int SiloPort,
    int GatewayPort,
    IPAddress AdvertisedAddress,
    string ClusterId,
    ClusteringKind Clustering,
    IPEndPoint Primary,
    string Redis,
    int Threads,
    int HttpPort,
    LogFormat LogFormat,
    TimeSpan Drain,
    string? DataFolder = null)
{
    /// <summary>The address that it listens at: its own machine's alone, where nobody else can reach it by the address it advertises.</summary>
    public IPAddress ListenAddress => IPAddress.IsLoopback(AdvertisedAddress) ? AdvertisedAddress : IPAddress.Any;
}
