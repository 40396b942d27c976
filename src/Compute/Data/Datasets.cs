using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>The data that a specification names.</summary>
public static class Datasets
{
    /// <summary>Makes generated data, or reads files.</summary>
    /// <param name="spec">The specification's data.</param>
    /// <exception cref="DataFileException">The files cannot be taken, or do not hold what the specification says.</exception>
    public static Dataset<float> Load(DataSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Source == DataSource.Files ? FileData.Read(spec) : ClusterData.Generate<float>(spec);
    }
}
