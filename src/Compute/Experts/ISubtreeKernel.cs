using System.Numerics;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// A kernel that sums the blocks below a node of the reduction tree at once, for minibatches that leave an expert few samples a block: its
/// weights are read once for all of them, and the sums of blocks are added before they reach memory.
/// </summary>
internal interface ISubtreeKernel<T> : IBlockKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Most samples of a subtree.</summary>
    int SubtreeSamples { get; }

    /// <summary>The sum of a subtree's blocks, with the bits of <see cref="IBlockKernel{T}.Sum"/> of each, added in the order of the tree.</summary>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="samples">The samples of all blocks.</param>
    /// <param name="blocks">The blocks that have samples.</param>
    /// <param name="continues">Whether the call before was for the samples before these, with the same weights.</param>
    /// <param name="gradient">Receives the sum; may hold any values before.</param>
    /// <param name="gateGradients">Receives d loss / d gate of each sample.</param>
    /// <param name="results">Receives loss and hits of each block, at <see cref="SubtreeBlock.Position"/>.</param>
    void SumSubtree(
        ReadOnlySpan<T> weights, in BlockSamples<T> samples, ReadOnlySpan<SubtreeBlock> blocks, bool continues,
        Span<T> gradient, Span<T> gateGradients, Span<BlockResult> results);
}
