using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// The router's scores h_m(x) = sum_p &lt;theta_m, x^(p)&gt; = &lt;theta_m, sum_p x^(p)&gt; (paper, section 3.2): a chain of
/// fused multiply-adds over d in ascending order, from +0. Weights are held in panels, d x 16 experts (the last one d x 8
/// if that is enough), so that a tile reads consecutive memory. Immutable: threads may share it.
/// </summary>
/// <typeparam name="T">Element type; float is vectorised, others take the scalar reference.</typeparam>
internal sealed class RouterScores<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Samples that are scored together.</summary>
    public const int Group = 8;

    private const int Lanes = 8;
    private const int Panel = 2 * Lanes;
    private readonly T[] _panels;

    /// <summary>Transposes the router's weights.</summary>
    /// <param name="theta">Experts x dim.</param>
    /// <param name="experts">Number of experts M.</param>
    public RouterScores(ReadOnlySpan<T> theta, int experts)
    {
        Experts = experts;
        Dim = theta.Length / experts;
        Stride = (experts + Lanes - 1) / Lanes * Lanes;
        _panels = new T[Dim * Stride];
        for (var m = 0; m < experts; m++)
        {
            for (var k = 0; k < Dim; k++) _panels[At(m, k)] = theta[(m * Dim) + k];
        }
    }

    /// <summary>Number of experts M.</summary>
    public int Experts { get; }

    /// <summary>Length of a patch sum d.</summary>
    public int Dim { get; }

    /// <summary>Experts, padded to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Scores of <see cref="Group"/> samples.</summary>
    /// <param name="patchSums">Samples x dim, of the whole set.</param>
    /// <param name="samples">Indexes of <see cref="Group"/> samples.</param>
    /// <param name="scores">Receives <see cref="Stride"/> x <see cref="Group"/> scores, an expert's side by side; those past the M-th are 0.</param>
    public void Score(ReadOnlySpan<T> patchSums, ReadOnlySpan<int> samples, Span<T> scores)
    {
        if (typeof(T) == typeof(float))
        {
            ScoreGroup(MemoryMarshal.Cast<T, float>(patchSums), samples, MemoryMarshal.Cast<T, float>(scores));
            return;
        }

        var one = new T[Stride];
        for (var s = 0; s < Group; s++)
        {
            ScoreReference(patchSums.Slice(samples[s] * Dim, Dim), one);
            for (var m = 0; m < Stride; m++) scores[(m * Group) + s] = one[m];
        }
    }

    // A vector of weights is loaded once for eight samples; their chains of multiply-adds overlap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void ScoreGroup(ReadOnlySpan<float> patchSums, ReadOnlySpan<int> samples, Span<float> scores)
    {
        var size = Stride * Group;
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, size);
        fixed (float* x = patchSums, h = scores, theta = MemoryMarshal.Cast<T, float>(_panels))
        {
            var rows = stackalloc float*[Group];
            for (var s = 0; s < Group; s++) rows[s] = x + ((nint)Checked(patchSums, samples[s]) * Dim);
            var m = 0;
            for (; m + Panel <= Stride; m += Panel)
            {
                if (Vector512.IsHardwareAccelerated) Score16(rows, theta + (m * (nint)Dim), h + (m * Group));
                else Score16Narrow(rows, theta + (m * (nint)Dim), h + (m * Group));
            }

            if (m < Stride) Score8(rows, theta + (m * (nint)Dim), h + (m * Group));
        }
    }

    private int At(int expert, int element)
    {
        var first = expert / Panel * Panel;
        return (first * Dim) + (element * Math.Min(Panel, Stride - first)) + expert - first;
    }

    // A router that does not learn has dimension 0.
    private int Checked(ReadOnlySpan<float> patchSums, int sample) =>
        sample >= 0 && (sample + 1L) * Dim <= patchSums.Length ? sample : throw new ArgumentOutOfRangeException(nameof(sample), sample, $"There are {patchSums.Length} numbers, {Dim} for each sample.");

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Score16(float** rows, float* theta, float* scores)
    {
        nint dim = Dim;
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5], x6 = rows[6], x7 = rows[7];
        Vector512<float> h0 = default, h1 = default, h2 = default, h3 = default, h4 = default, h5 = default, h6 = default, h7 = default;
        for (nint k = 0; k < dim; k++, theta += Panel)
        {
            var weights = Vector512.Load(theta);
            h0 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[k]), weights, h0);
            h1 = Vector512.FusedMultiplyAdd(Vector512.Create(x1[k]), weights, h1);
            h2 = Vector512.FusedMultiplyAdd(Vector512.Create(x2[k]), weights, h2);
            h3 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[k]), weights, h3);
            h4 = Vector512.FusedMultiplyAdd(Vector512.Create(x4[k]), weights, h4);
            h5 = Vector512.FusedMultiplyAdd(Vector512.Create(x5[k]), weights, h5);
            h6 = Vector512.FusedMultiplyAdd(Vector512.Create(x6[k]), weights, h6);
            h7 = Vector512.FusedMultiplyAdd(Vector512.Create(x7[k]), weights, h7);
        }

        Transpose8.Store(h0.GetLower(), h1.GetLower(), h2.GetLower(), h3.GetLower(), h4.GetLower(), h5.GetLower(), h6.GetLower(), h7.GetLower(), scores);
        Transpose8.Store(h0.GetUpper(), h1.GetUpper(), h2.GetUpper(), h3.GetUpper(), h4.GetUpper(), h5.GetUpper(), h6.GetUpper(), h7.GetUpper(), scores + (Lanes * Group));
    }

    // Machines with registers under 512 bits have too few of them for eight samples: four, then four.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Score16Narrow(float** rows, float* theta, float* scores)
    {
        nint dim = Dim;
        var bySample = stackalloc float[Group * Panel];
        for (var s = 0; s < Group; s += 4)
        {
            var to = bySample + (s * Panel);
            float* x0 = rows[s], x1 = rows[s + 1], x2 = rows[s + 2], x3 = rows[s + 3], weights = theta;
            Vector256<float> g0 = default, g1 = default, g2 = default, g3 = default, h0 = default, h1 = default, h2 = default, h3 = default;
            for (nint k = 0; k < dim; k++, weights += Panel)
            {
                var (lower, upper) = (Vector256.Load(weights), Vector256.Load(weights + Lanes));
                var x = Vector256.Create(x0[k]);
                g0 = Vector256.FusedMultiplyAdd(x, lower, g0);
                h0 = Vector256.FusedMultiplyAdd(x, upper, h0);
                x = Vector256.Create(x1[k]);
                g1 = Vector256.FusedMultiplyAdd(x, lower, g1);
                h1 = Vector256.FusedMultiplyAdd(x, upper, h1);
                x = Vector256.Create(x2[k]);
                g2 = Vector256.FusedMultiplyAdd(x, lower, g2);
                h2 = Vector256.FusedMultiplyAdd(x, upper, h2);
                x = Vector256.Create(x3[k]);
                g3 = Vector256.FusedMultiplyAdd(x, lower, g3);
                h3 = Vector256.FusedMultiplyAdd(x, upper, h3);
            }

            g0.Store(to);
            h0.Store(to + Lanes);
            g1.Store(to + (2 * Lanes));
            h1.Store(to + (3 * Lanes));
            g2.Store(to + (4 * Lanes));
            h2.Store(to + (5 * Lanes));
            g3.Store(to + (6 * Lanes));
            h3.Store(to + (7 * Lanes));
        }

        Transpose8.Move(bySample, Panel, scores, Group);
        Transpose8.Move(bySample + Lanes, Panel, scores + (Lanes * Group), Group);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Score8(float** rows, float* theta, float* scores)
    {
        nint dim = Dim;
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5], x6 = rows[6], x7 = rows[7];
        Vector256<float> h0 = default, h1 = default, h2 = default, h3 = default, h4 = default, h5 = default, h6 = default, h7 = default;
        for (nint k = 0; k < dim; k++, theta += Lanes)
        {
            var weights = Vector256.Load(theta);
            h0 = Vector256.FusedMultiplyAdd(Vector256.Create(x0[k]), weights, h0);
            h1 = Vector256.FusedMultiplyAdd(Vector256.Create(x1[k]), weights, h1);
            h2 = Vector256.FusedMultiplyAdd(Vector256.Create(x2[k]), weights, h2);
            h3 = Vector256.FusedMultiplyAdd(Vector256.Create(x3[k]), weights, h3);
            h4 = Vector256.FusedMultiplyAdd(Vector256.Create(x4[k]), weights, h4);
            h5 = Vector256.FusedMultiplyAdd(Vector256.Create(x5[k]), weights, h5);
            h6 = Vector256.FusedMultiplyAdd(Vector256.Create(x6[k]), weights, h6);
            h7 = Vector256.FusedMultiplyAdd(Vector256.Create(x7[k]), weights, h7);
        }

        Transpose8.Store(h0, h1, h2, h3, h4, h5, h6, h7, scores);
    }

    /// <summary>Scores of one sample, scalar: the reference.</summary>
    /// <param name="patchSum">Sum of the sample's patches, length d.</param>
    /// <param name="scores">Receives M scores; what follows them is set to 0.</param>
    public void ScoreReference(ReadOnlySpan<T> patchSum, Span<T> scores)
    {
        for (var m = 0; m < Experts; m++)
        {
            var sum = T.Zero;
            for (var k = 0; k < Dim; k++) sum = T.FusedMultiplyAdd(patchSum[k], _panels[At(m, k)], sum);
            scores[m] = sum;
        }

        scores[Experts..].Clear();
    }
}
