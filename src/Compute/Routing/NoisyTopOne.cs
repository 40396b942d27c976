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
    private const int Group = RouterScores<T>.Group;

    private readonly T[] _scores = new T[Group * scores.Stride];
    private readonly T[] _argmaxNoise = new T[Group * scores.Experts];
    private readonly T[] _gateNoise = new T[Group * scores.Experts];

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

        // Of the paper's recipes only the score gate without load balance is in need of speed.
        var fast = typeof(T) == typeof(float) && spec.Gate != GateKind.Softmax && routed.NoisyScores is null;
        Span<int> padded = stackalloc int[Group];
        for (var i = first; i < first + count; i += Group)
        {
            ReadOnlySpan<int> samples = routed.Indexes.AsSpan(i, Math.Min(Group, first + count - i));
            var group = samples.Length == Group ? samples : Pad(samples, padded);
            scores.Score(patchSums, group, _scores);
            noise.DrawGroup(purpose, step, group, _argmaxNoise, _gateNoise);
            if (fast && samples.Length == Group)
            {
                ChooseGroup(routed, i);
                continue;
            }

            for (var s = 0; s < samples.Length; s++) Choose(s, routed, i + s);
        }
    }

    private static ReadOnlySpan<int> Pad(ReadOnlySpan<int> samples, Span<int> padded)
    {
        padded.Fill(samples[^1]);
        samples.CopyTo(padded);
        return padded;
    }

    // Eight samples in the lanes, the experts one after the other: NaN is never larger, and the first of equals stays.
    private void ChooseGroup(RoutedSamples<T> routed, int position)
    {
        ref var h = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(_scores));
        ref var r = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(_argmaxNoise));
        ref var g = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(_gateNoise));
        var score = Vector256.LoadUnsafe(ref h);
        var largest = score + Vector256.LoadUnsafe(ref r);
        var gate = score + Vector256.LoadUnsafe(ref g);
        var chosen = Vector256<int>.Zero;
        for (var m = 1; m < scores.Experts; m++)
        {
            var at = (nuint)(m * Group);
            score = Vector256.LoadUnsafe(ref h, at);
            var noisy = score + Vector256.LoadUnsafe(ref r, at);
            var larger = Vector256.GreaterThan(noisy, largest);
            largest = Vector256.ConditionalSelect(larger, noisy, largest);
            gate = Vector256.ConditionalSelect(larger, score + Vector256.LoadUnsafe(ref g, at), gate);
            chosen = Vector256.ConditionalSelect(larger.AsInt32(), Vector256.Create(m), chosen);
        }

        chosen.CopyTo(routed.Expert, position);
        if (spec.Gate == GateKind.One) gate = Vector256<float>.One;
        gate.CopyTo(MemoryMarshal.Cast<T, float>(routed.Gates.AsSpan(position, Group)));
    }

    /// <summary>Expert and gate of one sample of the group, scalar: the reference.</summary>
    private void Choose(int s, RoutedSamples<T> routed, int position)
    {
        var chosen = 0;
        var largest = _scores[s] + _argmaxNoise[s];
        for (var m = 1; m < scores.Experts; m++)
        {
            var noisy = _scores[(m * Group) + s] + _argmaxNoise[(m * Group) + s];
            if (noisy > largest) (chosen, largest) = (m, noisy);
        }

        routed.Expert[position] = chosen;
        if (routed.NoisyScores is { } noisyScores)
        {
            for (var m = 0; m < scores.Experts; m++) noisyScores[(position * scores.Experts) + m] = _scores[(m * Group) + s] + _argmaxNoise[(m * Group) + s];
        }

        if (spec.Gate == GateKind.Softmax)
        {
            var probabilities = routed.Probabilities.AsSpan(position * scores.Experts, scores.Experts);
            Softmax(s, probabilities);
            routed.Gates[position] = T.CreateTruncating(probabilities[chosen]);
        }
        else
        {
            routed.Gates[position] = spec.Gate == GateKind.One ? T.One : _scores[(chosen * Group) + s] + _gateNoise[(chosen * Group) + s];
        }
    }

    private void Softmax(int s, Span<double> probabilities)
    {
        var largest = double.CreateTruncating(_scores[s]);
        for (var m = 1; m < probabilities.Length; m++) largest = Math.Max(largest, double.CreateTruncating(_scores[(m * Group) + s]));
        var sum = 0.0;
        for (var m = 0; m < probabilities.Length; m++) sum += probabilities[m] = SpecialFunctions.Exp(double.CreateTruncating(_scores[(m * Group) + s]) - largest);
        foreach (ref var probability in probabilities) probability /= sum;
    }
}
