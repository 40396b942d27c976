using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Routers;

/// <summary>The router's weights in its kernel's layout, made once for all shards of a silo.</summary>
/// <param name="experts">Number of experts M.</param>
internal sealed class LatestScores(int experts)
{
    private volatile Entry? _latest;

    /// <summary>The scores of a router.</summary>
    /// <param name="theta">Its weights, experts x dim.</param>
    public RouterScores<float> Of(WireTensor<float> theta)
    {
        // A message never changes, so the same object has the same weights. Two shards at the same time may make the scores twice.
        if (_latest is { } latest && latest.Theta == theta) return latest.Scores;
        var scores = new RouterScores<float>(theta.Span, experts);
        _latest = new Entry(theta, scores);
        return scores;
    }

    private sealed class Entry(WireTensor<float> theta, RouterScores<float> scores)
    {
        public WireTensor<float> Theta => theta;

        public RouterScores<float> Scores => scores;
    }
}
