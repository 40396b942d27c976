using MoeOrleans.Grains.Messages;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>Places a grain of a run on the silo that the run's assignment names.</summary>
[GenerateSerializer, Immutable, Alias("moe.AssignedSilo.v1")]
internal sealed class AssignedSilo : PlacementStrategy;

/// <summary>The grain, an expert or a router, is placed on the silo that its run's assignment names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AssignedSiloAttribute() : PlacementAttribute(new AssignedSilo());

/// <summary>
/// Places experts and routers by their run's assignment. If this silo has none, or the named silo is not alive, their index
/// chooses a silo: the call activates a grain without state. The protocol treats it like any lost expert: it is restored.
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
        return Task.FromResult((assigned is null ? null : silos.Find(assigned)) ?? Other(run, index) ?? context.LocalSilo);
    }

    // A silo that was left out of the run lacks its data, or its kind of expert.
    private SiloAddress? Other(string run, int index)
    {
        var open = table.Fitting(run, silos.Open);
        return open.IsEmpty ? null : silos.Find(open[index % open.Length]);
    }
}
