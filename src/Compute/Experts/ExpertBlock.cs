using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// An expert's gradient over its samples of a block, as a leaf of the reduction tree; a block without samples is absent from the tree.
/// A kernel may take all blocks below a node at once.
/// In addition it fills d loss / d gate of each dispatched sample and each block's loss and hits.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="expert">The expert, of this thread alone.</param>
/// <param name="weights">Flat parameters.</param>
/// <param name="samples">The dispatched samples of all blocks, with gates to the end of the last block that is asked for.</param>
/// <param name="firstBlock">First block of the dispatch's range.</param>
/// <param name="blockStarts">Blocks + 1 offsets: where each block's samples start.</param>
/// <param name="gateGradients">Receives d loss / d gate of each dispatched sample.</param>
/// <param name="results">Receives loss and hits of each block of the dispatch's range.</param>
internal ref struct ExpertBlock<T>(
    IExpert<T> expert, ReadOnlySpan<T> weights, BlockSamples<T> samples, int firstBlock, ReadOnlySpan<int> blockStarts, Span<T> gateGradients, Span<BlockResult> results)
    : IReductionLeaf<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _weights = weights;
    private readonly BlockSamples<T> _samples = samples;
    private readonly ReadOnlySpan<int> _blockStarts = blockStarts;
    private readonly Span<T> _gateGradients = gateGradients;
    private readonly Span<BlockResult> _results = results;
    private readonly IBlockKernel<T>? _kernel = expert as IBlockKernel<T>;
    private readonly ISubtreeKernel<T>? _subtrees = expert as ISubtreeKernel<T>;
    private int _reached = -1;

    /// <summary>Where it is cancelled, the sum is not wanted any more and ends before the next block.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <inheritdoc/>
    public readonly bool Fills(TreeNode node) => _subtrees is { } kernel && node.Level <= SubtreeBlocks.MaxLevel && Offset(node.End) - Offset(node.Start) <= kernel.SubtreeSamples;

    /// <inheritdoc/>
    public bool TryFill(TreeNode node, Span<T> result)
    {
        Cancelled.ThrowIfCancellationRequested();
        return node.Level == 0 ? TryFillBlock(node.Index - firstBlock, result) : TryFillSubtree(node, result);
    }

    private bool TryFillBlock(int b, Span<T> result)
    {
        var (start, end) = (_blockStarts[b], _blockStarts[b + 1]);
        if (start == end) return false;
        var own = new BlockSamples<T>(_samples.Inputs, _samples.Labels, _samples.Indexes[start..end], _samples.Gates[start..end]);
        if (_kernel is null)
        {
            result.Clear();
            _results[b] = expert.Accumulate(_weights, own, result, _gateGradients[start..end]);
        }
        else
        {
            var next = new NextSamples<T> { Indexes = _samples.Indexes[end..], Gates = _samples.Gates[end..], Continues = start == _reached };
            _results[b] = _kernel.Sum(_weights, own, next, result, _gateGradients[start..end]);
        }

        _reached = end;
        return true;
    }

    private bool TryFillSubtree(TreeNode node, Span<T> result)
    {
        var (start, end) = (Offset(node.Start), Offset(node.End));
        if (start == end) return false;
        var own = new BlockSamples<T>(_samples.Inputs, _samples.Labels, _samples.Indexes[start..end], _samples.Gates[start..end]);
        Span<SubtreeBlock> room = stackalloc SubtreeBlock[1 << node.Level];
        var blocks = SubtreeBlocks.Of(node, _blockStarts, firstBlock, room);
        _subtrees!.SumSubtree(_weights, own, blocks, continues: start == _reached, result, _gateGradients[start..end], _results);
        _reached = end;
        return true;
    }

    // Past the range, the number of its samples.
    private readonly int Offset(int block) => _blockStarts[Math.Min(block - firstBlock, _blockStarts.Length - 1)];

    /// <inheritdoc/>
    public readonly void ToParameterOrder(Span<T> sum) => _kernel?.ToParameterOrder(sum);
}
