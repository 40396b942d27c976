using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Routing;

/// <summary>
/// The router's gradient over a block: sum over its samples of d loss / d h_m times the patch sum, for the layout of
/// <see cref="RouterGradientLayout"/>. With a score gate only the chosen expert's row has a gradient; with a softmax gate
/// all rows have, by d g / d h_m = g (1[m = m*] - pi_m).
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="layout">Layout of the sums.</param>
/// <param name="routed">The routing of the range.</param>
/// <param name="gateGradients">d loss / d gate of each position of the range.</param>
/// <param name="patchSums">Samples x dim.</param>
/// <param name="range">The blocks of the range.</param>
/// <param name="samplesPerBlock">Positions a block.</param>
internal readonly ref struct RouterLeaf<T>(
    RouterGradientLayout layout, RoutedSamples<T> routed, ReadOnlySpan<T> gateGradients, ReadOnlySpan<T> patchSums, BlockRange range, int samplesPerBlock) : IReductionLeaf<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _gateGradients = gateGradients;
    private readonly ReadOnlySpan<T> _patchSums = patchSums;

    /// <summary>Slopes of <see cref="SwitchBalance"/>; empty if the run has no such loss.</summary>
    public ReadOnlySpan<double> BalanceSlopes { get; init; }

    /// <summary>Cancels the sum, which then stops before the next block.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <inheritdoc/>
    public bool Fills(TreeNode node) => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryFill(TreeNode node, Span<T> result)
    {
        Cancelled.ThrowIfCancellationRequested();
        result.Clear();
        var dim = layout.Dim;
        var first = (node.Start - range.Start) * samplesPerBlock;
        var end = Math.Min(first + samplesPerBlock, routed.Count);
        for (var i = first; i < end; i++)
        {
            var patchSum = _patchSums.Slice(routed.Indexes[i] * dim, dim);
            var chosen = routed.Expert[i];
            if (routed.Probabilities is { } all)
            {
                var probabilities = all.AsSpan(i * layout.Experts, layout.Experts);
                var slope = double.CreateTruncating(_gateGradients[i]) * probabilities[chosen];
                if (!BalanceSlopes.IsEmpty)
                {
                    AddBalanced(slope, probabilities, chosen, patchSum, result);
                    continue;
                }

                for (var m = 0; m < layout.Experts; m++)
                    AddScaled(T.CreateTruncating(slope * ((m == chosen ? 1 : 0) - probabilities[m])), patchSum, result.Slice(m * dim, dim));
            }
            else
            {
                AddScaled(_gateGradients[i], patchSum, result.Slice(chosen * dim, dim));
            }

            if (routed.NoisyScores is not { } noisy) continue;
            AddScaled(T.One, patchSum, layout.PatchSum(result));
            AddScaled(T.One, noisy.AsSpan(i * layout.Experts, layout.Experts), layout.NoisyScores(result));
        }

        return end > first;
    }

    // d (sum_k s_k pi_k) / d h_m = pi_m (s_m - sum_k s_k pi_k), s being the slopes.
    private void AddBalanced(double slope, ReadOnlySpan<double> probabilities, int chosen, ReadOnlySpan<T> patchSum, Span<T> result)
    {
        var dim = layout.Dim;
        var sums = layout.Probabilities(result);
        var mean = 0.0;
        for (var m = 0; m < probabilities.Length; m++) mean = double.FusedMultiplyAdd(BalanceSlopes[m], probabilities[m], mean);
        for (var m = 0; m < probabilities.Length; m++)
        {
            var probability = probabilities[m];
            var score = double.FusedMultiplyAdd(probability, BalanceSlopes[m] - mean, slope * ((m == chosen ? 1 : 0) - probability));
            AddScaled(T.CreateTruncating(score), patchSum, result.Slice(m * dim, dim));
            sums[m] += T.CreateTruncating(probability);
        }
    }

    /// <inheritdoc/>
    public void ToParameterOrder(Span<T> sum)
    {
    }

    private static void AddScaled(T factor, ReadOnlySpan<T> x, Span<T> sum)
    {
        var k = 0;
        if (typeof(T) == typeof(float))
        {
            var scale = Vector512.Create(Unsafe.BitCast<T, float>(factor));
            ref var from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(x));
            ref var to = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(sum[..x.Length]));
            for (; k + 16 <= x.Length; k += 16)
                Vector512.FusedMultiplyAdd(scale, Vector512.LoadUnsafe(ref from, (nuint)k), Vector512.LoadUnsafe(ref to, (nuint)k)).StoreUnsafe(ref to, (nuint)k);
        }

        for (; k < x.Length; k++) sum[k] = T.FusedMultiplyAdd(factor, x[k], sum[k]);
    }
}
