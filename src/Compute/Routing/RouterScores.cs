using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// The router's scores h_m(x) = sum_p &lt;theta_m, x^(p)&gt; = &lt;theta_m, sum_p x^(p)&gt; (paper, section 3.2): a chain of
/// fused multiply-adds over d in ascending order, from +0. Weights are held transposed, so that a vector holds sixteen
/// experts. Immutable: many threads may share it.
/// </summary>
/// <typeparam name="T">Element type; float is vectorised, others take the scalar reference.</typeparam>
public sealed class RouterScores<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Samples that are scored together.</summary>
    public const int Group = 4;

    private const int Lanes = 16;
    private readonly T[] _transposed;

    /// <summary>Transposes the router's weights.</summary>
    /// <param name="theta">Experts x dim.</param>
    /// <param name="experts">Number of experts M.</param>
    public RouterScores(ReadOnlySpan<T> theta, int experts)
    {
        Experts = experts;
        Dim = theta.Length / experts;
        Stride = (experts + Lanes - 1) / Lanes * Lanes;
        _transposed = new T[Dim * Stride];
        for (var m = 0; m < experts; m++)
        {
            for (var k = 0; k < Dim; k++) _transposed[(k * Stride) + m] = theta[(m * Dim) + k];
        }
    }

    /// <summary>Number of experts M.</summary>
    public int Experts { get; }

    /// <summary>Length of a patch sum d.</summary>
    public int Dim { get; }

    /// <summary>Experts, padded to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Scores of up to <see cref="Group"/> samples.</summary>
    /// <param name="patchSums">Samples x dim, of the whole set.</param>
    /// <param name="samples">Which samples, at most <see cref="Group"/>.</param>
    /// <param name="scores">Receives M scores for each, <see cref="Stride"/> apart; what follows the M is 0.</param>
    public void Score(ReadOnlySpan<T> patchSums, ReadOnlySpan<int> samples, Span<T> scores)
    {
        if (typeof(T) == typeof(float) && samples.Length == Group)
        {
            ScoreGroup(MemoryMarshal.Cast<T, float>(patchSums), samples, MemoryMarshal.Cast<T, float>(scores));
            return;
        }

        for (var s = 0; s < samples.Length; s++) ScoreReference(patchSums.Slice(samples[s] * Dim, Dim), scores.Slice(s * Stride, Stride));
    }

    // A vector of weights is loaded once for four samples, whose chains of multiply-adds overlap.
    private void ScoreGroup(ReadOnlySpan<float> patchSums, ReadOnlySpan<int> samples, Span<float> scores)
    {
        ref var x0 = ref MemoryMarshal.GetReference(patchSums.Slice(samples[0] * Dim, Dim));
        ref var x1 = ref MemoryMarshal.GetReference(patchSums.Slice(samples[1] * Dim, Dim));
        ref var x2 = ref MemoryMarshal.GetReference(patchSums.Slice(samples[2] * Dim, Dim));
        ref var x3 = ref MemoryMarshal.GetReference(patchSums.Slice(samples[3] * Dim, Dim));
        ref var h = ref MemoryMarshal.GetReference(scores[..(Group * Stride)]);
        for (var m = 0; m < Stride; m += Lanes)
        {
            ref var w = ref Unsafe.Add(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(_transposed)), m);
            Vector512<float> h0 = default, h1 = default, h2 = default, h3 = default;
            for (nint k = 0; k < Dim; k++)
            {
                var weights = Vector512.LoadUnsafe(ref w, (nuint)(k * Stride));
                h0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref x0, k)), weights, h0);
                h1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref x1, k)), weights, h1);
                h2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref x2, k)), weights, h2);
                h3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref x3, k)), weights, h3);
            }

            h0.StoreUnsafe(ref h, (nuint)m);
            h1.StoreUnsafe(ref h, (nuint)(Stride + m));
            h2.StoreUnsafe(ref h, (nuint)((2 * Stride) + m));
            h3.StoreUnsafe(ref h, (nuint)((3 * Stride) + m));
        }
    }

    /// <summary>Scores of one sample, scalar: the reference.</summary>
    /// <param name="patchSum">Sum of the sample's patches, length d.</param>
    /// <param name="scores">Receives M scores; what follows them is set to 0.</param>
    public void ScoreReference(ReadOnlySpan<T> patchSum, Span<T> scores)
    {
        for (var m = 0; m < Experts; m++)
        {
            var sum = T.Zero;
            for (var k = 0; k < Dim; k++) sum = T.FusedMultiplyAdd(patchSum[k], _transposed[(k * Stride) + m], sum);
            scores[m] = sum;
        }

        scores[Experts..].Clear();
    }
}
