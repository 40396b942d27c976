using System.Numerics;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;

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
/// <param name="dispatch">The samples.</param>
/// <param name="gateGradients">Receives d loss / d gate of each dispatched sample.</param>
/// <param name="outcomes">Receives loss and hits of each block of the dispatch's range.</param>
public readonly ref struct ExpertLeaf<T>(
    IExpert<T> expert, ReadOnlySpan<T> weights, ReadOnlySpan<T> inputs, ReadOnlySpan<int> labels, ExpertDispatch<T> dispatch, Span<T> gateGradients, Span<LeafOutcome> outcomes)
    : IReductionLeaf<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _weights = weights;
    private readonly ReadOnlySpan<T> _inputs = inputs;
    private readonly ReadOnlySpan<int> _labels = labels;
    private readonly Span<T> _gateGradients = gateGradients;
    private readonly Span<LeafOutcome> _outcomes = outcomes;

    /// <inheritdoc/>
    public bool TryFill(int block, Span<T> result)
    {
        var b = block - dispatch.Range.Start;
        var (start, end) = (dispatch.BlockStarts[b], dispatch.BlockStarts[b + 1]);
        if (start == end) return false;
        result.Clear();
        var samples = new LeafSamples<T>(_inputs, _labels, dispatch.Indexes.AsSpan(start..end), dispatch.Gates.AsSpan(start..end));
        _outcomes[b] = expert.Accumulate(_weights, samples, result, _gateGradients[start..end]);
        return true;
    }
}
