using System.Net;

namespace MoeOrleans.Hosting.Membership;

/// <summary>A silo as a member of a cluster. The values are checked where they are read.</summary>
/// <param name="Name">Name of the silo; no other silo of the cluster has it.</param>
/// <param name="SiloPort">Port for other silos.</param>
/// <param name="GatewayPort">Port for clients.</param>
/// <param name="AdvertisedAddress">Address that silos and clients connect to.</param>
/// <param name="ListenAddress">Address that the silo listens at.</param>
/// <param name="ClusterId">The cluster it belongs to.</param>
/// <param name="Clustering">Where the cluster lists its silos.</param>
/// <param name="Primary">With <see cref="ClusteringKind.Development"/>: silo endpoint of the first silo, which may be this one.</param>
/// <param name="Redis">With <see cref="ClusteringKind.Redis"/>: connection string of Redis.</param>
internal sealed record ClusterMemberOptions(
    string Name,
    int SiloPort,
    int GatewayPort,
    IPAddress AdvertisedAddress,
    IPAddress ListenAddress,
    string ClusterId,
    ClusteringKind Clustering,
    IPEndPoint Primary,
    string Redis);
