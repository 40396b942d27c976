using System.Collections.Immutable;

namespace MoeOrleans.Bench.Planning;

/// <summary>The share of a minibatch that each expert is expected to get.</summary>
internal static class ExpertLoads
{
    /// <summary>
    /// Expert 0 gets <paramref name="imbalance"/> times the mean, and the others share the rest evenly. 1 is even routing; the number of
    /// experts sends every sample to expert 0.
    /// </summary>
    /// <param name="experts">Number of experts.</param>
    /// <param name="imbalance">Samples of the busiest expert over the mean, as in <c>DispatchCounts.Imbalance</c>.</param>
    public static ImmutableArray<double> Of(int experts, double imbalance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imbalance, 1);
        var busiest = Math.Min(1, imbalance / experts);
        return [busiest, .. Enumerable.Repeat((1 - busiest) / Math.Max(1, experts - 1), experts - 1)];
    }
}
