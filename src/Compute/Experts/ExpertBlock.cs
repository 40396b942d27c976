using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// An expert's gradient over its samples of a block, as a leaf of the reduction tree; a block without samples is absent from the tree.
/// In addition it fills d loss / d gate of each dispatched sample and each block's loss and hits.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="expert">The expert, of this thread alone.</param>
/// <param name="weights">Flat parameters.</param>
/// <param name="inputs">Samples x patches x dim.</param>
/// <param name="labels">Class of each sample.</param>
/// <param name="firstBlock">First block of the dispatch's range.</param>
/// <param name="blockStarts">Blocks + 1 offsets: where each block's samples start.</param>
/// <param name="indexes">The dispatched samples.</param>
/// <param name="gates">Gate of each, to the end of the last block that is asked for; of the samples after it none is computed.</param>
/// <param name="gateGradients">Receives d loss / d gate of each dispatched sample.</param>
/// <param name="results">Receives loss and hits of each block of the dispatch's range.</param>
internal ref struct ExpertBlock<T>(
    IExpert<T> expert, ReadOnlySpan<T> weights, ReadOnlySpan<T> inputs, ReadOnlySpan<int> labels,
    int firstBlock, ReadOnlySpan<int> blockStarts, ReadOnlySpan<int> indexes, ReadOnlySpan<T> gates, Span<T> gateGradients, Span<BlockResult> results)
    : IReductionLeaf<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _weights = weights;
    private readonly ReadOnlySpan<T> _inputs = inputs;
    private readonly ReadOnlySpan<int> _labels = labels;
    private readonly ReadOnlySpan<int> _blockStarts = blockStarts;
    private readonly ReadOnlySpan<int> _indexes = indexes;
    private readonly ReadOnlySpan<T> _gates = gates;
    private readonly Span<T> _gateGradients = gateGradients;
    private readonly Span<BlockResult> _results = results;
    private readonly IBlockKernel<T>? _kernel = expert as IBlockKernel<T>;
    private int _reached = -1;

    /// <summary>Where it is cancelled, the sum is not wanted any more and ends before the next block.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <inheritdoc/>
    public bool TryFill(int block, Span<T> result)
    {
        Cancelled.ThrowIfCancellationRequested();
        var b = block - firstBlock;
        var (start, end) = (_blockStarts[b], _blockStarts[b + 1]);
        if (start == end) return false;
        var samples = new BlockSamples<T>(_inputs, _labels, _indexes[start..end], _gates[start..end]);
        if (_kernel is null)
        {
            result.Clear();
            _results[b] = expert.Accumulate(_weights, samples, result, _gateGradients[start..end]);
        }
        else
        {
            var next = new NextSamples<T> { Indexes = _indexes[end..], Gates = _gates[end..], Continues = start == _reached };
            _results[b] = _kernel.Sum(_weights, samples, next, result, _gateGradients[start..end]);
        }

        _reached = end;
        return true;
    }

    /// <inheritdoc/>
    public readonly void ToParameterOrder(Span<T> sum) => _kernel?.ToParameterOrder(sum);
}
