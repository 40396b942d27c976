using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>Places a grain on the silo whose name is its key.</summary>
[GenerateSerializer, Immutable, Alias("moe.OwnSilo.v1")]
internal sealed class OwnSilo : PlacementStrategy;

/// <summary>The grain is placed on the silo whose name is its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnSiloAttribute() : PlacementAttribute(new OwnSilo());

/// <summary>Places a grain on the silo that its key names.</summary>
/// <param name="silos">The silos of the cluster.</param>
internal sealed class OwnSiloDirector(ClusterSilos silos) : IPlacementDirector
{
    /// <inheritdoc/>
    /// <exception cref="SiloUnavailableException">There is no such silo.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var name = target.GrainIdentity.Key.ToString()!;
        return silos.Find(name) is { } silo ? Task.FromResult(silo) : throw new SiloUnavailableException($"There is no silo {name} in the cluster.");
    }
}
