using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    private readonly T[] _scores = new T[RouterScores<T>.Group * scores.Stride];
    private readonly T[] _argmaxNoise = NegativeInfinities(scores.Stride);
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
        if (spec.Gate == GateKind.One && scores.Experts == 1)
        {
            // A single model: nothing to choose, nothing to draw.
            routed.Expert.AsSpan(first, count).Clear();
            routed.Gates.AsSpan(first, count).Fill(T.One);
            return;
        }

        for (var i = first; i < first + count; i += RouterScores<T>.Group)
        {
            var samples = routed.Indexes.AsSpan(i, Math.Min(RouterScores<T>.Group, first + count - i));
            scores.Score(patchSums, samples, _scores);
            for (var s = 0; s < samples.Length; s++)
            {
                noise.Draw(purpose, step, samples[s], _argmaxNoise.AsSpan(0, scores.Experts), _gateNoise);
                Choose(_scores.AsSpan(s * scores.Stride, scores.Stride), routed, i + s);
            }
        }
    }

    private void Choose(ReadOnlySpan<T> sampleScores, RoutedSamples<T> routed, int position)
    {
        var chosen = typeof(T) == typeof(float)
            ? FirstLargest(MemoryMarshal.Cast<T, float>(sampleScores), MemoryMarshal.Cast<T, float>(_argmaxNoise))
            : FirstLargestReference(sampleScores, _argmaxNoise);
        routed.Expert[position] = chosen;
        if (routed.NoisyScores is { } noisy)
        {
            for (var m = 0; m < scores.Experts; m++) noisy[(position * scores.Experts) + m] = sampleScores[m] + _argmaxNoise[m];
        }

        if (spec.Gate == GateKind.Softmax)
        {
            var probabilities = routed.Probabilities.AsSpan(position * scores.Experts, scores.Experts);
            Softmax(sampleScores, probabilities);
            routed.Gates[position] = T.CreateTruncating(probabilities[chosen]);
        }
        else
        {
            routed.Gates[position] = spec.Gate == GateKind.One ? T.One : sampleScores[chosen] + _gateNoise[chosen];
        }
    }

    /// <summary>The first m of the largest h_m + r_m, scalar: the reference. NaN is never larger.</summary>
    private static int FirstLargestReference<TNumber>(ReadOnlySpan<TNumber> sampleScores, ReadOnlySpan<TNumber> sampleNoise)
        where TNumber : IBinaryFloatingPointIeee754<TNumber>
    {
        var best = 0;
        var largest = sampleScores[0] + sampleNoise[0];
        for (var m = 1; m < sampleNoise.Length; m++)
        {
            var noisy = sampleScores[m] + sampleNoise[m];
            if (noisy > largest) (best, largest) = (m, noisy);
        }

        return best;
    }

    // Without branches: which expert is chosen cannot be predicted. Padding lanes hold noise of minus infinity.
    private static int FirstLargest(ReadOnlySpan<float> sampleScores, ReadOnlySpan<float> sampleNoise)
    {
        ref var h = ref MemoryMarshal.GetReference(sampleScores);
        ref var r = ref MemoryMarshal.GetReference(sampleNoise);
        var largest = Vector512.LoadUnsafe(ref h) + Vector512.LoadUnsafe(ref r);
        for (var m = Vector512<float>.Count; m < sampleNoise.Length; m += Vector512<float>.Count)
            largest = Vector512.Max(largest, Vector512.LoadUnsafe(ref h, (nuint)m) + Vector512.LoadUnsafe(ref r, (nuint)m));
        var eight = Vector256.Max(largest.GetLower(), largest.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2)));
        var all = Vector512.Create(four.ToScalar());
        for (var m = 0; m < sampleNoise.Length; m += Vector512<float>.Count)
        {
            var equal = Vector512.Equals(all, Vector512.LoadUnsafe(ref h, (nuint)m) + Vector512.LoadUnsafe(ref r, (nuint)m)).ExtractMostSignificantBits();
            if (equal != 0) return m + BitOperations.TrailingZeroCount(equal);
        }

        // A NaN among them equals nothing.
        return FirstLargestReference(sampleScores, sampleNoise);
    }

    private static void Softmax(ReadOnlySpan<T> sampleScores, Span<double> probabilities)
    {
        var largest = double.CreateTruncating(sampleScores[0]);
        for (var m = 1; m < probabilities.Length; m++) largest = Math.Max(largest, double.CreateTruncating(sampleScores[m]));
        var sum = 0.0;
        for (var m = 0; m < probabilities.Length; m++) sum += probabilities[m] = SpecialFunctions.Exp(double.CreateTruncating(sampleScores[m]) - largest);
        foreach (ref var probability in probabilities) probability /= sum;
    }

    private static T[] NegativeInfinities(int count)
    {
        var values = new T[count];
        Array.Fill(values, T.NegativeInfinity);
        return values;
    }
}
