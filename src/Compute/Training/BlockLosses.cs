using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Training;

/// <summary>The sum of a minibatch's losses, in double, in the reduction tree's order.</summary>
internal static class BlockLosses
{
    /// <summary>Sums the losses of all blocks. Each block's loss is the sum over its experts in ascending order.</summary>
    /// <param name="losses">Loss of each block, summed over its samples.</param>
    public static double Sum(ReadOnlySpan<double> losses)
    {
        var result = new double[1];
        var root = new TreeNode(ReductionTree.RootLevel(losses.Length), 0);
        var leaf = new Leaf(losses);
        ReductionTree.Evaluate(root, losses.Length, ref leaf, result, new double[ReductionTree.ScratchLength<double>(root, 1)]);
        return result[0];
    }

    private readonly ref struct Leaf(ReadOnlySpan<double> losses) : IReductionLeaf<double>
    {
        private readonly ReadOnlySpan<double> _losses = losses;

        public bool Fills(TreeNode node) => false;

        public bool TryFill(TreeNode node, Span<double> result)
        {
            result[0] = _losses[node.Index];
            return true;
        }

        public void ToParameterOrder(Span<double> sum)
        {
        }
    }
}
