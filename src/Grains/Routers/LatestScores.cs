using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Routers;

/// <summary>The router's weights as its kernel wants them, made once for all shards of a silo.</summary>
/// <param name="experts">Number of experts M.</param>
internal sealed class LatestScores(int experts)
{
    private volatile Entry? _latest;

    /// <summary>The scores of a router.</summary>
    /// <param name="theta">Its weights, experts x dim.</param>
    public RouterScores<float> Of(WireTensor<float> theta)
    {
        // What was sent never changes, so the same message is the same weights. Two shards that come at once make it twice.
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
