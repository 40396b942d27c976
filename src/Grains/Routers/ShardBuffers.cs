using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;

namespace MoeOrleans.Grains.Routers;

/// <summary>
/// A router's buffers for one shard of one step. Dispatches are slices of them, so they are reused only after every dispatch was
/// answered: then neither a message queue nor an expert reads them.
/// </summary>
internal sealed class ShardBuffers
{
    private readonly (int Samples, BlockRange Range, int Experts) _size;

    public ShardBuffers(RunSpec spec, int samples, BlockRange range, ComputeLane lane, FloatPool pool, ArraySource arrays)
    {
        Gradient = new RouterGradientWork(new LaneTree(lane, pool));
        _size = (samples, range, spec.Model.Experts);
        Routed = new RoutedSamples<float>(spec.Routing, samples, spec.Model.Experts);
        Dispatches = new DispatchBuffers<float>(samples, spec.Model.Experts, range.Count);
        GateGradients = arrays.New<float>(samples);
    }

    /// <summary>Expert and gate of each position.</summary>
    public RoutedSamples<float> Routed { get; }

    /// <summary>The dispatches to the experts.</summary>
    public DispatchBuffers<float> Dispatches { get; }

    /// <summary>d loss / d gate of each position.</summary>
    public float[] GateGradients { get; }

    /// <summary>Routes the shard.</summary>
    public RouteWork Route { get; } = new();

    /// <summary>Computes the shard's part of the router's gradient.</summary>
    public RouterGradientWork Gradient { get; }

    /// <summary>Copies expert and gate of each position for a message: the buffers are used again.</summary>
    public RoutedPositions Record() => new(new(Array.ConvertAll(Routed.Expert, expert => (ushort)expert)), new((float[])Routed.Gates.Clone()));

    /// <summary>Whether the buffers fit a shard.</summary>
    public bool Fit(RunSpec spec, int samples, BlockRange range) => _size == (samples, range, spec.Model.Experts);
}
