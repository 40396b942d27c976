using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>The data that a specification names.</summary>
public static class Datasets
{
    /// <summary>Makes generated data, or reads files.</summary>
    /// <param name="spec">The specification's data.</param>
    /// <param name="shared">Where processes of this machine share what they generate; null for nowhere. Files are shared as they are.</param>
    /// <exception cref="DataFileException">The files cannot be taken, or do not hold what the specification says.</exception>
    public static Dataset<float> Load(DataSpec spec, SharedData? shared = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Source == DataSource.Files ? FileData.Read(spec) : shared?.Load(spec) ?? ClusterData.Generate<float>(spec);
    }
}
