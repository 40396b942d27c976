using System.Globalization;
using MoeOrleans.Compute;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using Orleans.Metadata;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// What must be the same on every silo and client of a cluster. A silo writes it into its grain manifest, which Orleans sends to every silo
/// and client that connects, before the first grain call.
/// </summary>
/// <param name="Contracts">Version of the messages.</param>
/// <param name="Numerics">Version of the numerics.</param>
internal sealed record ClusterVersion(int Contracts, int Numerics)
{
    private const string Property = "moe.version";

    /// <summary>The version of this program.</summary>
    public static ClusterVersion Current { get; } = new(ContractsVersion.Current, NumericsVersion.Current);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Contracts}.{Numerics}");

    /// <summary>Writes the version into the properties of a grain interface.</summary>
    public void Write(Dictionary<string, string> properties) => properties[Property] = ToString();

    /// <exception cref="ConfigurationException">A silo has another version.</exception>
    public void Check(ClusterManifest manifest)
    {
        foreach (var (silo, grains) in manifest.Silos.OrderBy(entry => entry.Key))
        {
            // The manifest also lists clients, which have no grains.
            if (grains.Grains.Count == 0) continue;
            var other = grains.Interfaces.Values.Select(type => type.Properties.GetValueOrDefault(Property)).FirstOrDefault(version => version is not null);
            if (other == ToString()) continue;
            throw new ConfigurationException(
                $"the cluster has another version: silo {silo.Endpoint} has contracts and numerics {other ?? "of an older release"}, this program has {this}; "
                + "use the same release of MoeOrleans everywhere");
        }
    }
}

/// <summary>Puts a silo's version into the manifest of its grains, with <see cref="ISiloGrain"/>.</summary>
internal sealed class ClusterVersionProperties(ClusterVersion version) : IGrainInterfacePropertiesProvider
{
    public void Populate(Type interfaceType, GrainInterfaceType grainInterfaceType, Dictionary<string, string> properties)
    {
        if (interfaceType == typeof(ISiloGrain)) version.Write(properties);
    }
}
