using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// An expert's gradient over its samples of a block; a block without any is absent from the tree. Beside the gradient it
/// fills d loss / d gate of each dispatched sample and each block's loss and hits.
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
/// <param name="outcomes">Receives loss and hits of each block of the dispatch's range.</param>
internal ref struct ExpertLeaf<T>(
    IExpert<T> expert, ReadOnlySpan<T> weights, ReadOnlySpan<T> inputs, ReadOnlySpan<int> labels,
    int firstBlock, ReadOnlySpan<int> blockStarts, ReadOnlySpan<int> indexes, ReadOnlySpan<T> gates, Span<T> gateGradients, Span<LeafOutcome> outcomes)
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
    private readonly Span<LeafOutcome> _outcomes = outcomes;
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
        var samples = new LeafSamples<T>(_inputs, _labels, _indexes[start..end], _gates[start..end])
        {
            Upcoming = _indexes[end..],
            UpcomingGates = _gates[end..],
            Continues = start == _reached,
        };
        _outcomes[b] = expert.Sum(_weights, samples, result, _gateGradients[start..end]);
        _reached = end;
        return true;
    }

    /// <inheritdoc/>
    public readonly void Arrange(Span<T> sum) => expert.Arrange(sum);
}
