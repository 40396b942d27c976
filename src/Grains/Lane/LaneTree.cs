using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Lane;

/// <summary>
/// Evaluates canonical nodes of the reduction tree on the compute lane: each node is split into aligned subtrees of about
/// equal work, which the lane's threads take in any order; their values are then added upwards in tree order. So unequal
/// experts share the cores well, and no bit depends on it.
/// </summary>
/// <param name="lane">The compute lane.</param>
/// <param name="pool">Arrays for the values of nodes, of one grain's turn-based context.</param>
internal sealed class LaneTree(ComputeLane lane, FloatPool pool)
{
    /// <summary>Pieces for each thread, so that the last ones even out.</summary>
    private const int PiecesPerThread = 8;

    /// <summary>Samples that are not worth a piece of their own: about fifty microseconds of a patch CNN.</summary>
    private const int SmallPiece = 256;

    /// <summary>Evaluates one subtree on a lane thread.</summary>
    /// <param name="scratch">The thread's scratch space.</param>
    /// <param name="node">The subtree's root.</param>
    /// <param name="result">Receives its sum.</param>
    /// <returns>Whether the node is present.</returns>
    public delegate bool Subtree(LaneScratch scratch, TreeNode node, Span<float> result);

    /// <summary>Evaluates nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="samples">Number of samples below a node.</param>
    /// <param name="evaluate">Evaluates a subtree.</param>
    /// <returns>A value for each node, in arrays of the pool, and the lane time taken.</returns>
    public async Task<(NodeValue[] Values, TimeSpan Busy)> Evaluate(IReadOnlyList<TreeNode> nodes, Func<TreeNode, int> samples, Subtree evaluate)
    {
        var pieces = new List<TreeNode>();
        // A piece has an array of its own, so their number is bounded whatever the number of samples.
        var largest = Math.Max(SmallPiece, nodes.Sum(samples) / (PiecesPerThread * lane.Threads));
        foreach (var node in nodes) Split(node, largest, samples, pieces);
        var values = new float[pieces.Count][];
        var present = new bool[pieces.Count];
        var weights = new int[pieces.Count];
        for (var i = 0; i < pieces.Count; i++) (values[i], weights[i]) = (pool.Rent(), samples(pieces[i]));
        var busy = await lane.Run(weights, (scratch, i) => present[i] = evaluate(scratch, pieces[i], values[i]));

        var results = new NodeValue[nodes.Count];
        var next = 0;
        for (var i = 0; i < results.Length; i++) results[i] = new NodeValue(nodes[i], Join(nodes[i]));
        return (results, busy);

        // Pieces were split in the same descent, so they come back in the same order.
        float[]? Join(TreeNode node)
        {
            if (samples(node) == 0) return null;
            if (next < pieces.Count && pieces[next] == node)
            {
                if (present[next]) return values[next++];
                pool.Return(values[next++]);
                return null;
            }

            var left = Join(node.Left);
            var right = Join(node.Right);
            if (left is null || right is null) return left ?? right;
            ReductionTree.Add<float>(left, right);
            pool.Return(right);
            return left;
        }
    }

    private static void Split(TreeNode node, int largest, Func<TreeNode, int> samples, List<TreeNode> pieces)
    {
        var count = samples(node);
        if (count == 0) return;
        if (count <= largest || node.Level == 0)
        {
            pieces.Add(node);
            return;
        }

        Split(node.Left, largest, samples, pieces);
        Split(node.Right, largest, samples, pieces);
    }
}
