using System.Globalization;
using MoeOrleans.Compute;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using Orleans.Metadata;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>
/// What has to be the same on every silo and client of a cluster. A silo tells it in its grain manifest, which Orleans sends to whoever
/// connects, before any grain is called.
/// </summary>
/// <param name="Contracts">Version of the messages.</param>
/// <param name="Numerics">Version of the numerics.</param>
public sealed record ClusterVersion(int Contracts, int Numerics)
{
    private const string Property = "moe.version";

    /// <summary>Of this program.</summary>
    public static ClusterVersion Current { get; } = new(ContractsVersion.Current, NumericsVersion.Current);

    /// <summary>Puts it into the manifest.</summary>
    /// <param name="properties">Properties of a grain interface.</param>
    public void Write(Dictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        properties[Property] = string.Create(CultureInfo.InvariantCulture, $"{Contracts}.{Numerics}");
    }

    /// <summary>Checks that silos have this version.</summary>
    /// <param name="manifest">Manifests of the silos.</param>
    /// <exception cref="ConfigurationException">One has another.</exception>
    public void Check(ClusterManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        foreach (var (silo, grains) in manifest.Silos.OrderBy(entry => entry.Key))
        {
            // Clients are in it too, and have no grains.
            if (grains.Grains.Count == 0) continue;
            var other = grains.Interfaces.Values.Select(type => type.Properties.GetValueOrDefault(Property)).FirstOrDefault(version => version is not null);
            if (other != string.Create(CultureInfo.InvariantCulture, $"{Contracts}.{Numerics}"))
            {
                throw new ConfigurationException(
                    $"the cluster has another version: silo {silo.Endpoint} has contracts and numerics {other ?? "of before"}, this program {Contracts}.{Numerics}; "
                    + "use the same release of MoeOrleans everywhere");
            }
        }
    }
}

/// <summary>Tells a silo's version in the manifest of its grains, with <see cref="ISiloGrain"/>.</summary>
/// <param name="version">The version.</param>
internal sealed class ClusterVersionProperties(ClusterVersion version) : IGrainInterfacePropertiesProvider
{
    public void Populate(Type interfaceType, GrainInterfaceType grainInterfaceType, Dictionary<string, string> properties)
    {
        if (interfaceType == typeof(ISiloGrain)) version.Write(properties);
    }
}
