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

    /// <summary>Experts, padded to whole vectors: the length that <see cref="Score"/> needs.</summary>
    public int Stride { get; }

    /// <summary>Scores of one sample.</summary>
    /// <param name="patchSum">Sum of the sample's patches, length d.</param>
    /// <param name="scores">Receives M scores; at least <see cref="Stride"/> long, what follows them is unspecified.</param>
    public void Score(ReadOnlySpan<T> patchSum, Span<T> scores)
    {
        if (typeof(T) != typeof(float))
        {
            ScoreReference(patchSum, scores);
            return;
        }

        ref var x = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(patchSum));
        ref var w = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(_transposed));
        ref var h = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(scores[..Stride]));
        for (var m = 0; m < Stride; m += Lanes)
        {
            var sum = Vector512<float>.Zero;
            for (var k = 0; k < Dim; k++)
            {
                sum = Vector512.FusedMultiplyAdd(
                    Vector512.Create(Unsafe.Add(ref x, k)), Vector512.LoadUnsafe(ref w, (nuint)((k * Stride) + m)), sum);
            }

            sum.StoreUnsafe(ref h, (nuint)m);
        }
    }

    /// <summary>Scores of one sample, scalar: the reference.</summary>
    /// <param name="patchSum">Sum of the sample's patches, length d.</param>
    /// <param name="scores">Receives M scores.</param>
    public void ScoreReference(ReadOnlySpan<T> patchSum, Span<T> scores)
    {
        for (var m = 0; m < Experts; m++)
        {
            var sum = T.Zero;
            for (var k = 0; k < Dim; k++) sum = T.FusedMultiplyAdd(patchSum[k], _transposed[(k * Stride) + m], sum);
            scores[m] = sum;
        }
    }
}
