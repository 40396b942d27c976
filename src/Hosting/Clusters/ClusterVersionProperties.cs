using MoeOrleans.Grains.Contracts;
using Orleans.Metadata;

namespace MoeOrleans.Silo.Hosting;

/// <summary>Tells a silo's version in the manifest of its grains, with <see cref="ISiloGrain"/>.</summary>
/// <param name="version">The version.</param>
internal sealed class ClusterVersionProperties(ClusterVersion version) : IGrainInterfacePropertiesProvider
{
    public void Populate(Type interfaceType, GrainInterfaceType grainInterfaceType, Dictionary<string, string> properties)
    {
        if (interfaceType == typeof(ISiloGrain)) version.Write(properties);
    }
}
