using System.Numerics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Analysis;

/// <summary>
/// The proof of theorem 4.1 as a test. Four samples share a noise patch: (k, y = +-1, eps = -y, alpha = a, gamma = g, k') and,
/// clusters and strengths swapped, (k', y = +-1, eps = -y, alpha = g, gamma = a, k), with one centre strength a cluster. For
/// every F(x) = sum_p f(x^(p)), so for every single model, F(x1) - F(x2) + F(x3) - F(x4) = 0: it gets at least one of the four
/// wrong. A mixture need not.
/// </summary>
internal static class SwapTest
{
    /// <summary>Samples of a quadruple.</summary>
    public const int Size = 4;

    /// <summary>Whether the ranges of alpha and gamma have a strength in common.</summary>
    public static bool Applies(DataSpec data) => Common(data) is var range && range.Low <= range.High;

    /// <summary>Draws quadruples one after the other. Each sample's patches are in random order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="data">Ranges and seed of the data set, whose signals are used.</param>
    /// <param name="quadruples">Number of quadruples.</param>
    /// <exception cref="ArgumentException">Alpha and gamma have no strength in common (<see cref="Applies"/>).</exception>
    public static Samples<T> Draw<T>(DataSpec data, int quadruples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!Applies(data)) throw new ArgumentException($"A strength in alpha's range [{data.Alpha.Low}, {data.Alpha.High}] and gamma's [{data.Gamma.Low}, {data.Gamma.High}] is needed.", nameof(data));
        var signals = Signals.Draw(data.Seed, data.Clusters, data.Dim);
        var strengths = Common(data);
        var count = checked(Size * quadruples);
        var inputs = new T[checked(count * data.Patches * data.Dim)];
        var labels = new int[count];
        var clusters = new int[count];
        var noise = new double[(data.Patches - ClusterData.SignalPatches) * data.Dim];
        for (var q = 0; q < quadruples; q++)
        {
            var draws = new RandomSequence(data.Seed, DrawPurpose.SwapTest, q);
            var k = draws.NextIndex(data.Clusters);
            var other = draws.NextIndex(data.Clusters - 1);
            if (other >= k) other++;
            var a = draws.NextUniform(strengths.Low, strengths.High);
            var g = draws.NextUniform(strengths.Low, strengths.High);
            var centre = draws.NextUniform(data.Beta.Low, data.Beta.High);
            var otherCentre = draws.NextUniform(data.Beta.Low, data.Beta.High);
            var deviation = data.Sigma / Math.Sqrt(data.Dim);
            foreach (ref var x in noise.AsSpan()) x = deviation * draws.NextNormal();
            for (var s = 0; s < Size; s++)
            {
                var label = 1 - (s % 2);
                var swapped = s >= 2;
                var sign = (2 * label) - 1;
                var (own, foreign) = swapped ? (other, k) : (k, other);
                var i = (q * Size) + s;
                labels[i] = label;
                clusters[i] = own;
                var order = Enumerable.Range(0, data.Patches).ToArray();
                for (var p = order.Length - 1; p > 0; p--)
                {
                    var r = draws.NextIndex(p + 1);
                    (order[p], order[r]) = (order[r], order[p]);
                }

                Fill(i, order[0], signals.Feature[own], sign * (swapped ? g : a));
                Fill(i, order[1], signals.Centre[own], swapped ? otherCentre : centre);
                Fill(i, order[2], signals.Feature[foreign], -sign * (swapped ? a : g));
                for (var p = ClusterData.SignalPatches; p < data.Patches; p++)
                    Fill(i, order[p], noise.AsSpan((p - ClusterData.SignalPatches) * data.Dim, data.Dim), 1);
            }
        }

        return new Samples<T>(data.Patches, data.Dim, data.Clusters, inputs, labels, clusters);

        void Fill(int sample, int patch, ReadOnlySpan<double> vector, double strength)
        {
            var to = inputs.AsSpan(((sample * data.Patches) + patch) * data.Dim, data.Dim);
            for (var d = 0; d < to.Length; d++) to[d] = T.CreateTruncating(data.Scale * strength * vector[d]);
        }
    }

    /// <summary>Counts the samples of each quadruple that are classified wrong, without router noise.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="weights">The model.</param>
    /// <param name="quadruples">Number of quadruples.</param>
    public static SwapTestResult Run<T>(RunSpec spec, MixtureWeights<T> weights, int quadruples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var samples = Draw<T>(spec.Data, quadruples);
        var predicted = Classification.Of(spec, weights, samples, RoutePurpose.EvaluateWithoutNoise, 0).Predicted;
        var byWrong = new int[Size + 1];
        for (var q = 0; q < quadruples; q++)
        {
            var wrong = 0;
            for (var i = q * Size; i < (q + 1) * Size; i++) wrong += predicted[i] == samples.Labels[i] ? 0 : 1;
            byWrong[wrong]++;
        }

        return new SwapTestResult(quadruples, byWrong);
    }

    private static UniformRange Common(DataSpec data) => new(Math.Max(data.Alpha.Low, data.Gamma.Low), Math.Min(data.Alpha.High, data.Gamma.High));
}
