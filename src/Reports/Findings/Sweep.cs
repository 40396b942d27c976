namespace MoeOrleans.Reports.Findings;

/// <summary>A series of runs that differ in one thing.</summary>
internal enum Sweep
{
    /// <summary>Places that the router's noise is added to.</summary>
    Noise,

    /// <summary>Coefficient of the load-balancing loss.</summary>
    LoadBalance,

    Experts,

    /// <summary>Number of clusters.</summary>
    Clusters,
}
