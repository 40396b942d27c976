namespace MoeOrleans.Compute.Specification;

/// <summary>Where the samples come from.</summary>
public enum DataSource
{
    /// <summary>The paper's cluster data, made from a seed.</summary>
    Clusters,

    /// <summary>NumPy files in a folder (docs/data.md).</summary>
    Files,
}
