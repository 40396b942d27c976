using System.Numerics;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// The paper's data with a latent cluster structure (section 3.1, definition 3.1; sizes and scale as in the official code).
/// A sample of cluster k and label y has, in shuffled order, the patches alpha y v_k (feature), beta c_k (centre),
/// gamma eps v_k' (feature noise of another cluster), and random noise N(0, sigma^2 / d I).
/// </summary>
internal static class ClusterData
{
    /// <summary>Patches that carry signal: feature, centre, feature noise.</summary>
    public const int SignalPatches = 3;

    /// <summary>Makes training and test samples.</summary>
    /// <typeparam name="T">Element type of the inputs; values are drawn in double and rounded once.</typeparam>
    /// <param name="spec">Ranges, sizes and seed.</param>
    public static Dataset<T> Generate<T>(DataSpec spec)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var signals = Signals.Draw(spec.Seed, spec.Clusters, spec.Dim);
        return new Dataset<T>(
            Draw<T>(spec, signals, DrawPurpose.TrainingSamples, 0, spec.Train),
            Draw<T>(spec, signals, DrawPurpose.TestSamples, 0, spec.Test),
            signals)
        {
            // The samples that follow those trained on: as if there were more of these.
            Validation = spec.Validation == 0 ? null : Draw<T>(spec, signals, DrawPurpose.TrainingSamples, spec.Train, spec.Validation),
        };
    }

    private static Samples<T> Draw<T>(DataSpec spec, Signals signals, DrawPurpose stream, int first, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var inputs = GC.AllocateUninitializedArray<T>(checked(count * spec.Patches * spec.Dim));
        var labels = new int[count];
        var clusters = new int[count];
        var order = new int[spec.Patches];
        for (var i = 0; i < count; i++)
        {
            var draws = new RandomSequence(spec.Seed, stream, first + i);
            var label = labels[i] = draws.NextIndex(2);
            var cluster = clusters[i] = draws.NextIndex(spec.Clusters);
            var other = draws.NextIndex(spec.Clusters - 1);
            if (other >= cluster) other++;
            var sign = (2 * draws.NextIndex(2)) - 1;
            var alpha = draws.NextUniform(spec.Alpha.Low, spec.Alpha.High);
            var beta = draws.NextUniform(spec.Beta.Low, spec.Beta.High);
            var gamma = draws.NextUniform(spec.Gamma.Low, spec.Gamma.High);
            Shuffle(order, ref draws);
            Fill(Patch(0), signals.Feature[cluster], alpha * ((2 * label) - 1) * spec.Scale);
            Fill(Patch(1), signals.Centre[cluster], beta * spec.Scale);
            Fill(Patch(2), signals.Feature[other], gamma * sign * spec.Scale);
            var deviation = spec.Sigma / Math.Sqrt(spec.Dim) * spec.Scale;
            for (var p = SignalPatches; p < spec.Patches; p++)
            {
                foreach (ref var x in Patch(p)) x = T.CreateTruncating(deviation * draws.NextNormal());
            }

            Span<T> Patch(int p) => inputs.AsSpan(((i * spec.Patches) + order[p]) * spec.Dim, spec.Dim);
        }

        return new Samples<T>(spec.Patches, spec.Dim, spec.Clusters, inputs, labels, clusters);
    }

    private static void Shuffle(int[] order, ref RandomSequence draws)
    {
        for (var p = 0; p < order.Length; p++)
        {
            var q = draws.NextIndex(p + 1);
            order[p] = order[q];
            order[q] = p;
        }
    }

    private static void Fill<T>(Span<T> patch, double[] signal, double strength)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var k = 0; k < patch.Length; k++) patch[k] = T.CreateTruncating(strength * signal[k]);
    }
}
