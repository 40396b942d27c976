namespace MoeOrleans.Hosting.Membership;

/// <summary>Where a cluster lists its silos.</summary>
internal enum ClusteringKind
{
    /// <summary>In the first silo: needs no other software, and the cluster ends with that silo.</summary>
    Development = 0,

    /// <summary>In Redis: any silo may end.</summary>
    Redis = 1,
}
