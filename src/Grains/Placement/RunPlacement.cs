using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Placement;

/// <summary>Where the trainer's grains are placed.</summary>
internal static class RunPlacement
{
    /// <summary>Adds the placement of silo grains, of coordinators, and of experts and routers.</summary>
    /// <param name="services">The silo's services.</param>
    public static void AddRunPlacement(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClusterSilos>();
        services.AddSingleton<AssignmentTable>();
        services.AddSingleton<HostedGrains>();
        services.AddPlacementDirector<OwnSilo, OwnSiloDirector>();
        services.AddPlacementDirector<FirstSilo, FirstSiloDirector>();
        services.AddPlacementDirector<AssignedSilo, AssignedSiloDirector>();
    }
}
