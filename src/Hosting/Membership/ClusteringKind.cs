namespace MoeOrleans.Hosting.Silos;

/// <summary>Where the silos of a cluster are listed.</summary>
public enum ClusteringKind
{
    /// <summary>In the first silo: no other software, and the cluster ends with that silo.</summary>
    Development = 0,

    /// <summary>In Redis: any silo may end.</summary>
    Redis = 1,
}
