using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Routers;

/// <summary>The router's gradient of one shard on the compute lane; its router reuses it for the next step.</summary>
/// <param name="tree">Evaluates the gradient; used by this work alone.</param>
internal sealed class RouterGradientWork(LaneTree tree) : ITreeWork
{
    private RunResources? _run;
    private ShardBuffers? _shard;
    private ReadOnlyMemory<float> _patchSums;
    private BlockRange _range;
    private int _blocks;
    private IReadOnlyList<TreeNode> _nodes = [];
    private double[] _balanceSlopes = [];

    /// <summary>Starts to compute.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard, with its experts' answers.</param>
    /// <param name="patchSums">Samples x dim.</param>
    /// <param name="range">Its blocks.</param>
    /// <param name="blocks">Blocks of the minibatch.</param>
    /// <param name="balanceSlopes">Slopes of <see cref="SwitchBalance"/>; empty if the run has no such loss.</param>
    /// <returns>Ends with the lane time taken.</returns>
    public ValueTask<TimeSpan> Start(RunResources run, ShardBuffers shard, ReadOnlyMemory<float> patchSums, BlockRange range, int blocks, double[] balanceSlopes)
    {
        if (_range != range || _blocks != blocks) (_range, _blocks, _nodes) = (range, blocks, ReductionTree.Cover(range, blocks));
        (_run, _shard, _patchSums, _balanceSlopes) = (run, shard, patchSums, balanceSlopes);
        return tree.Start(_nodes, this);
    }

    /// <summary>The gradients of the shard's canonical nodes, in arrays of the pool.</summary>
    public NodeValue[] Join() => tree.Join();

    /// <inheritdoc/>
    public int Samples(TreeNode node)
    {
        var (block, count) = (_run!.Spec.Training.Block, _shard!.Routed.Count);
        return Math.Min((node.End - _range.Start) * block, count) - Math.Min((node.Start - _range.Start) * block, count);
    }

    /// <inheritdoc/>
    public bool Evaluate(LaneScratch scratch, TreeNode node, Span<float> result)
    {
        var (run, shard) = (_run!, _shard!);
        var leaf = new RouterLeaf<float>(run.RouterLayout, shard.Routed, shard.GateGradients, _patchSums.Span, _range, run.Spec.Training.Block)
        {
            BalanceSlopes = _balanceSlopes,
            Cancelled = run.Released,
        };
        return ReductionTree.Evaluate(node, _blocks, ref leaf, result, scratch.Floats(ReductionTree.ScratchLength<float>(node, result.Length)));
    }
}
