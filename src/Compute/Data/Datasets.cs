using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>Loads the data that a specification names.</summary>
internal static class Datasets
{
    /// <summary>Generates the data, or reads them from files and standardizes them if the specification says so.</summary>
    /// <param name="spec">The specification's data.</param>
    /// <param name="shared">The folder in which processes of this machine share data that are generated or converted; null to share none. Files of float32 are mapped, so they are always shared.</param>
    /// <exception cref="DataFileException">The files are not valid, or do not match the specification.</exception>
    public static Dataset<float> Load(DataSpec spec, SharedData? shared = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return shared?.Load(spec, Make) ?? Make();

        Dataset<float> Make()
        {
            if (spec.Source != DataSource.Files) return ClusterData.Generate<float>(spec);
            var data = FileData.Read(spec);
            return spec.Standardize ? Standardization.Of(data.Train).Apply(data, spec.Path) : data;
        }
    }
}
