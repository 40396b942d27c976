namespace MoeOrleans.Reports.Findings;

/// <summary>A series of runs that differ in one thing.</summary>
public enum Sweep
{
    /// <summary>Where the router's noise goes.</summary>
    Noise,

    /// <summary>Coefficient of the load-balancing loss.</summary>
    LoadBalance,

    /// <summary>Number of experts.</summary>
    Experts,

    /// <summary>Number of clusters.</summary>
    Clusters,
}
