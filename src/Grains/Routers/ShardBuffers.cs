using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Routers;

/// <summary>
/// What a router works in for one shard of one step, and nobody else at the time. The dispatches sent are slices of it, so it is used again only where
/// every one of them was answered: then no queue and no expert holds any of it.
/// </summary>
internal sealed class ShardBuffers
{
    private readonly (int Samples, BlockRange Range, int Experts) _size;

    public ShardBuffers(RunSpec spec, int samples, BlockRange range, ComputeLane lane, FloatPool pool)
    {
        Gradient = new RouterGradientWork(new LaneTree(lane, pool));
        _size = (samples, range, spec.Model.Experts);
        Routed = new RoutedSamples<float>(spec.Routing, samples, spec.Model.Experts);
        Dispatches = new DispatchBuffers<float>(samples, spec.Model.Experts, range.Count);
        GateGradients = GC.AllocateUninitializedArray<float>(samples);
    }

    /// <summary>Where each position goes.</summary>
    public RoutedSamples<float> Routed { get; }

    /// <summary>What the experts are sent.</summary>
    public DispatchBuffers<float> Dispatches { get; }

    /// <summary>d loss / d gate of each position.</summary>
    public float[] GateGradients { get; }

    /// <summary>Routes it.</summary>
    public RouteWork Route { get; } = new();

    /// <summary>Computes its part of the router's gradient.</summary>
    public RouterGradientWork Gradient { get; }

    /// <summary>Whether they are for a shard of this size.</summary>
    public bool Fit(RunSpec spec, int samples, BlockRange range) => _size == (samples, range, spec.Model.Experts);
}
