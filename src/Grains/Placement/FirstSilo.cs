using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace MoeOrleans.Grains.Placement;

/// <summary>Places a grain on the silo with the first name: the loss of any other silo does not affect it.</summary>
[GenerateSerializer, Immutable, Alias("moe.FirstSilo.v1")]
internal sealed class FirstSilo : PlacementStrategy;

/// <summary>The grain is placed on the silo with the first name of those that are not about to leave.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class FirstSiloAttribute() : PlacementAttribute(new FirstSilo());

/// <summary>Places a grain on the silo with the first name of those that are not about to leave.</summary>
/// <remarks>A coordinator is placed on a silo of its run: a silo that was left out of the run may not know its kind of expert.</remarks>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="table">The assignments that this silo knows.</param>
internal sealed class FirstSiloDirector(ClusterSilos silos, AssignmentTable table) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        // The queue's key is the name of no run.
        Task.FromResult(table.Fitting(target.GrainIdentity.Key.ToString()!, silos.Open) is [var first, ..] && silos.Find(first) is { } silo ? silo : context.LocalSilo);
}
