using MoeOrleans.Grains.Messages;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>A grain of a run lives where the run's assignment table says.</summary>
[GenerateSerializer, Immutable, Alias("moe.AssignedSilo.v1")]
internal sealed class AssignedSilo : PlacementStrategy;

/// <summary>The grain, an expert or a router, lives where its run's assignment table says.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AssignedSiloAttribute() : PlacementAttribute(new AssignedSilo());

/// <summary>
/// Places experts and routers by their run's assignment table. Where this silo has no table, or the silo named is gone, they go
/// to a silo chosen by their index: the call finds a grain without state, and the protocol tells its coordinator so.
/// </summary>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="table">The assignments that this silo knows.</param>
internal sealed class AssignedSiloDirector(ClusterSilos silos, AssignmentTable table) : IPlacementDirector
{
    private static readonly GrainType s_expert = GrainType.Create(GrainKeys.ExpertType);

    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var (run, index) = (GrainKeys.RunId(key), GrainKeys.Index(key));
        var assigned = target.GrainIdentity.Type == s_expert ? table.SiloOfExpert(run, index) : table.SiloOfRouter(run, index);
        return Task.FromResult((assigned is null ? null : silos.Find(assigned)) ?? Other(index) ?? context.LocalSilo);
    }

    private SiloAddress? Other(int index)
    {
        var open = silos.Open;
        return open.IsEmpty ? null : silos.Find(open[index % open.Length]);
    }
}
