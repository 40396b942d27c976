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
    /// <summary>Samples that are added together.</summary>
    private const int Group = 8;

    private readonly ReadOnlySpan<T> _gateGradients = gateGradients;
    private readonly ReadOnlySpan<T> _patchSums = patchSums;

    /// <summary>Slopes of <see cref="SwitchBalance"/>; empty if the run has no such loss.</summary>
    public ReadOnlySpan<double> BalanceSlopes { get; init; }

    /// <summary>Cancels the sum, which then stops before the next block.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <inheritdoc/>
    public bool Fills(TreeNode node) => false;

    /// <inheritdoc/>
    public bool TryFill(TreeNode node, Span<T> result)
    {
        Cancelled.ThrowIfCancellationRequested();
        result.Clear();
        var first = (node.Start - range.Start) * samplesPerBlock;
        var end = Math.Min(first + samplesPerBlock, routed.Count);
        if (routed.Probabilities is not null)
        {
            for (var i = first; i < end; i += Group) AddSoftmax(i, Math.Min(Group, end - i), result);
        }
        else
        {
            for (var i = first; i < end; i++) AddScaled(_gateGradients[i], PatchSum(i), result.Slice(routed.Expert[i] * layout.Dim, layout.Dim));
        }

        if (routed.NoisyScores is not { } noisy) return end > first;
        for (var i = first; i < end; i++)
        {
            AddScaled(T.One, PatchSum(i), layout.PatchSum(result));
            AddScaled(T.One, noisy.AsSpan(i * layout.Experts, layout.Experts), layout.NoisyScores(result));
        }

        return end > first;
    }

    /// <summary>
    /// Adds a group of samples, row by row. With Switch's loss, d (sum_k s_k pi_k) / d h_m = pi_m (s_m - sum_k s_k pi_k) is added, s being
    /// the slopes.
    /// </summary>
    private void AddSoftmax(int first, int count, Span<T> result)
    {
        var balanced = !BalanceSlopes.IsEmpty;
        var sums = balanced ? layout.Probabilities(result) : [];
        Span<double> slopes = stackalloc double[Group], means = stackalloc double[Group];
        Span<T> factors = stackalloc T[Group];
        for (var s = 0; s < count; s++)
        {
            var probabilities = Probabilities(first + s);
            slopes[s] = double.CreateTruncating(_gateGradients[first + s]) * probabilities[routed.Expert[first + s]];
            var mean = 0.0;
            for (var m = 0; m < BalanceSlopes.Length; m++) mean = double.FusedMultiplyAdd(BalanceSlopes[m], probabilities[m], mean);
            means[s] = mean;
        }

        for (var m = 0; m < layout.Experts; m++)
        {
            for (var s = 0; s < count; s++)
            {
                var probability = Probabilities(first + s)[m];
                var score = slopes[s] * ((m == routed.Expert[first + s] ? 1 : 0) - probability);
                factors[s] = T.CreateTruncating(balanced ? double.FusedMultiplyAdd(probability, BalanceSlopes[m] - means[s], score) : score);
                if (balanced) sums[m] += T.CreateTruncating(probability);
            }

            AddScaled(factors[..count], first, result.Slice(m * layout.Dim, layout.Dim));
        }
    }

    private ReadOnlySpan<double> Probabilities(int i) => routed.Probabilities.AsSpan(i * layout.Experts, layout.Experts);

    private ReadOnlySpan<T> PatchSum(int i) => _patchSums.Slice(routed.Indexes[i] * layout.Dim, layout.Dim);

    /// <inheritdoc/>
    public void ToParameterOrder(Span<T> sum)
    {
    }

    /// <summary>Adds the patch sums of consecutive samples; a whole group of floats reads and writes the sum once, with the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddScaled(ReadOnlySpan<T> factors, int first, Span<T> sum)
    {
        var k = 0;
        if (typeof(T) == typeof(float) && factors.Length == Group)
        {
            var scales = MemoryMarshal.Cast<T, float>(factors);
            ref var to = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<T, float>(sum));
            ref float x0 = ref First(first), x1 = ref First(first + 1), x2 = ref First(first + 2), x3 = ref First(first + 3);
            ref float x4 = ref First(first + 4), x5 = ref First(first + 5), x6 = ref First(first + 6), x7 = ref First(first + 7);
            for (; k + 16 <= sum.Length; k += 16)
            {
                var total = Vector512.LoadUnsafe(ref to, (nuint)k);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[0]), Vector512.LoadUnsafe(ref x0, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[1]), Vector512.LoadUnsafe(ref x1, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[2]), Vector512.LoadUnsafe(ref x2, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[3]), Vector512.LoadUnsafe(ref x3, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[4]), Vector512.LoadUnsafe(ref x4, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[5]), Vector512.LoadUnsafe(ref x5, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[6]), Vector512.LoadUnsafe(ref x6, (nuint)k), total);
                total = Vector512.FusedMultiplyAdd(Vector512.Create(scales[7]), Vector512.LoadUnsafe(ref x7, (nuint)k), total);
                total.StoreUnsafe(ref to, (nuint)k);
            }
        }

        for (var s = 0; s < factors.Length; s++) AddScaled(factors[s], PatchSum(first + s)[k..], sum[k..]);
    }

    private ref float First(int i) => ref Unsafe.As<T, float>(ref MemoryMarshal.GetReference(PatchSum(i)));

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
