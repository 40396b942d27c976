using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Routers;

/// <summary>Scores, noise, argmax and gates of a range of positions on the compute lane; its router reuses it for the next step.</summary>
internal sealed class RouteWork
{
    /// <summary>Positions a piece of lane work: about twenty microseconds at eight experts.</summary>
    private const int Piece = 1024;

    private readonly LaneBatch _batch;
    private NoisyTopOne<float>? _top;
    private ReadOnlyMemory<float> _patchSums;
    private RoutedSamples<float>? _routed;
    private (RoutePurpose Purpose, long Step) _draw;
    private CancellationToken _released;
    private int[] _weights = [];

    public RouteWork() => _batch = new LaneBatch(Execute);

    /// <summary>Starts to route.</summary>
    /// <param name="lane">The compute lane.</param>
    /// <param name="run">The run.</param>
    /// <param name="theta">The router's weights.</param>
    /// <param name="purpose">Training, or evaluation with or without noise.</param>
    /// <param name="step">The step, or the version evaluated.</param>
    /// <param name="patchSums">Samples x dim.</param>
    /// <param name="routed">Has the samples; receives expert and gate of each.</param>
    /// <param name="replay">A recording whose experts replace the argmax; null if there is none.</param>
    /// <returns>Ends with the lane time taken.</returns>
    /// <exception cref="ArgumentException">The weights are of another size than the run's router.</exception>
    public ValueTask<TimeSpan> Start(
        ComputeLane lane, RunResources run, WireTensor<float> theta, RoutePurpose purpose, long step, ReadOnlyMemory<float> patchSums, RoutedSamples<float> routed,
        RoutingReplay? replay = null)
    {
        if (theta.Length != run.RouterLayout.GradientLength)
            throw new ArgumentException($"The router has {run.RouterLayout.GradientLength} weights, {theta.Length} came.", nameof(theta));
        _top = new NoisyTopOne<float>(run.Spec.Routing, run.Scores.Of(theta), run.Noise, replay);
        (_patchSums, _routed, _draw, _released) = (patchSums, routed, (purpose, step), run.Released);
        var pieces = ShardCut.Blocks(routed.Count, Piece);
        if (_weights.Length != pieces)
        {
            _weights = new int[pieces];
            Array.Fill(_weights, Piece);
        }

        return lane.Run(_weights, _batch);
    }

    private void Execute(LaneScratch scratch, int piece)
    {
        _released.ThrowIfCancellationRequested();
        var first = piece * Piece;
        _top!.Route(_draw.Purpose, _draw.Step, _patchSums.Span, _routed!, first, Math.Min(Piece, _routed!.Count - first));
    }
}
