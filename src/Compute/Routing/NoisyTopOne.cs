using System.Numerics;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// Noisy top-1 routing: m* = argmax_m (h_m + r_m), the first of equals, and the gate. One instance is used by one thread.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="spec">Noise and gate.</param>
/// <param name="scores">The router's weights.</param>
/// <param name="noise">The noise.</param>
public sealed class NoisyTopOne<T>(RoutingSpec spec, RouterScores<T> scores, IRouterNoise<T> noise)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _scores = new T[scores.Stride];
    private readonly T[] _argmaxNoise = new T[scores.Experts];
    private readonly T[] _gateNoise = new T[scores.Experts];

    /// <summary>Routes a range of positions whose <see cref="RoutedSamples{T}.Indexes"/> are set.</summary>
    /// <param name="purpose">What for.</param>
    /// <param name="step">The step, or the version evaluated.</param>
    /// <param name="patchSums">Samples x dim.</param>
    /// <param name="routed">Receives expert and gate of each position.</param>
    /// <param name="first">First position.</param>
    /// <param name="count">Number of positions.</param>
    public void Route(RoutePurpose purpose, long step, ReadOnlySpan<T> patchSums, RoutedSamples<T> routed, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            var sample = routed.Indexes[i];
            scores.Score(patchSums.Slice(sample * scores.Dim, scores.Dim), _scores);
            noise.Draw(purpose, step, sample, _argmaxNoise, _gateNoise);
            var chosen = ArgMax();
            routed.Expert[i] = chosen;
            for (var m = 0; routed.NoisyScores is { } noisy && m < scores.Experts; m++) noisy[(i * scores.Experts) + m] = _scores[m] + _argmaxNoise[m];
            if (spec.Gate == GateKind.Softmax)
            {
                var probabilities = routed.Probabilities.AsSpan(i * scores.Experts, scores.Experts);
                Softmax(probabilities);
                routed.Gates[i] = T.CreateTruncating(probabilities[chosen]);
            }
            else
            {
                routed.Gates[i] = _scores[chosen] + _gateNoise[chosen];
            }
        }
    }

    private int ArgMax()
    {
        var best = 0;
        var largest = _scores[0] + _argmaxNoise[0];
        for (var m = 1; m < _argmaxNoise.Length; m++)
        {
            var noisy = _scores[m] + _argmaxNoise[m];
            if (noisy > largest) (best, largest) = (m, noisy);
        }

        return best;
    }

    private void Softmax(Span<double> probabilities)
    {
        var largest = double.CreateTruncating(_scores[0]);
        for (var m = 1; m < probabilities.Length; m++) largest = Math.Max(largest, double.CreateTruncating(_scores[m]));
        var sum = 0.0;
        for (var m = 0; m < probabilities.Length; m++) sum += probabilities[m] = SpecialFunctions.Exp(double.CreateTruncating(_scores[m]) - largest);
        foreach (ref var probability in probabilities) probability /= sum;
    }
}
