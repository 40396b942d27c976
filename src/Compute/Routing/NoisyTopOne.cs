using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// Noisy top-1 routing: m* = argmax_m (h_m + r_m), the first of equals, and the gate. Threads may share an instance.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="spec">Kinds of noise and gate.</param>
/// <param name="scores">The router's weights.</param>
/// <param name="noise">The noise.</param>
/// <param name="replay">A recording whose experts replace the argmax of training steps; null if there is none.</param>
internal sealed class NoisyTopOne<T>(RoutingSpec spec, RouterScores<T> scores, IRouterNoise<T> noise, RoutingReplay? replay = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Group = RouterScores<T>.Group;

    // Up to this many experts, a group's scores and noise fit on the stack.
    private const int StackExperts = 256;

    /// <summary>Routes a range of positions whose <see cref="RoutedSamples{T}.Indexes"/> are set.</summary>
    /// <param name="purpose">Purpose of the routing, which decides the noise.</param>
    /// <param name="step">The step, or the version evaluated.</param>
    /// <param name="patchSums">Samples x dim.</param>
    /// <param name="routed">Receives expert and gate of each position.</param>
    /// <param name="first">First position.</param>
    /// <param name="count">Number of positions.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Route(RoutePurpose purpose, long step, ReadOnlySpan<T> patchSums, RoutedSamples<T> routed, int first, int count)
    {
        if (spec.Gate == GateKind.One && scores.Experts == 1)
        {
            // A single model needs no choice and no noise.
            routed.Expert.AsSpan(first, count).Clear();
            routed.Gates.AsSpan(first, count).Fill(T.One);
            return;
        }

        // Only the score gate without load balance, the paper's recipe, has a vector form.
        var replayed = purpose == RoutePurpose.Train ? replay : null;
        var fast = typeof(T) == typeof(float) && spec.Gate != GateKind.Softmax && routed.NoisyScores is null && replayed is null;
        Span<int> padded = stackalloc int[Group];
        var (size, noises) = (Group * scores.Stride, Group * scores.Experts);
        Span<T> buffer = scores.Experts <= StackExperts ? stackalloc T[size + (2 * noises)] : new T[size + (2 * noises)];
        var group = new ScoredGroup(buffer[..size], buffer.Slice(size, noises), buffer[(size + noises)..]);
        for (var i = first; i < first + count; i += Group)
        {
            ReadOnlySpan<int> samples = routed.Indexes.AsSpan(i, Math.Min(Group, first + count - i));
            var whole = samples.Length == Group ? samples : Pad(samples, padded);
            scores.Score(patchSums, whole, group.Scores);
            noise.DrawGroup(purpose, step, whole, group.ArgmaxNoise, group.GateNoise);
            if (fast && samples.Length == Group)
            {
                ChooseGroup(group, routed, i);
                continue;
            }

            replayed?.Experts(step, samples, routed.Expert.AsSpan(i, samples.Length));
            for (var s = 0; s < samples.Length; s++)
            {
                if (replayed is null) routed.Expert[i + s] = Largest(group, s);
                Weigh(group, s, routed, i + s);
            }
        }
    }

    private static ReadOnlySpan<int> Pad(ReadOnlySpan<int> samples, Span<int> padded)
    {
        padded.Fill(samples[^1]);
        samples.CopyTo(padded);
        return padded;
    }

    // Lanes are eight samples; experts follow each other. NaN is never larger, and the first of equals stays.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ChooseGroup(in ScoredGroup group, RoutedSamples<T> routed, int position)
    {
        ref var h = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(group.Scores));
        ref var r = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(group.ArgmaxNoise));
        ref var g = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(group.GateNoise));
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

    /// <summary>Expert of one sample of the group, scalar: the reference.</summary>
    private int Largest(in ScoredGroup group, int s)
    {
        var chosen = 0;
        var largest = group.Scores[s] + group.ArgmaxNoise[s];
        for (var m = 1; m < scores.Experts; m++)
        {
            var noisy = group.Scores[(m * Group) + s] + group.ArgmaxNoise[(m * Group) + s];
            if (noisy > largest) (chosen, largest) = (m, noisy);
        }

        return chosen;
    }

    /// <summary>Gate of one sample of the group, whose expert is chosen.</summary>
    private void Weigh(in ScoredGroup group, int s, RoutedSamples<T> routed, int position)
    {
        var chosen = routed.Expert[position];
        if (routed.NoisyScores is { } noisyScores)
        {
            for (var m = 0; m < scores.Experts; m++) noisyScores[(position * scores.Experts) + m] = group.Scores[(m * Group) + s] + group.ArgmaxNoise[(m * Group) + s];
        }

        if (spec.Gate == GateKind.Softmax)
        {
            var probabilities = routed.Probabilities.AsSpan(position * scores.Experts, scores.Experts);
            Softmax(group, s, probabilities);
            routed.Gates[position] = T.CreateTruncating(probabilities[chosen]);
        }
        else
        {
            routed.Gates[position] = spec.Gate == GateKind.One ? T.One : group.Scores[(chosen * Group) + s] + group.GateNoise[(chosen * Group) + s];
        }
    }

    private static void Softmax(in ScoredGroup group, int s, Span<double> probabilities)
    {
        var largest = double.CreateTruncating(group.Scores[s]);
        for (var m = 1; m < probabilities.Length; m++) largest = Math.Max(largest, double.CreateTruncating(group.Scores[(m * Group) + s]));
        var sum = 0.0;
        for (var m = 0; m < probabilities.Length; m++) sum += probabilities[m] = SpecialFunctions.Exp(double.CreateTruncating(group.Scores[(m * Group) + s]) - largest);
        foreach (ref var probability in probabilities) probability /= sum;
    }

    /// <summary>Scores and noise of eight samples, an expert's side by side.</summary>
    private readonly ref struct ScoredGroup(Span<T> scores, Span<T> argmaxNoise, Span<T> gateNoise)
    {
        public Span<T> Scores { get; } = scores;

        public Span<T> ArgmaxNoise { get; } = argmaxNoise;

        public Span<T> GateNoise { get; } = gateNoise;
    }
}
