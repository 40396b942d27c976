using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Lane;

/// <summary>What a <see cref="LaneTree"/> evaluates: sums below nodes of the reduction tree.</summary>
internal interface ITreeWork
{
    /// <summary>Number of samples below a node.</summary>
    /// <param name="node">The node.</param>
    int Samples(TreeNode node);

    /// <summary>Evaluates one subtree on a lane thread.</summary>
    /// <param name="scratch">The thread's scratch space.</param>
    /// <param name="node">The subtree's root.</param>
    /// <param name="result">Receives its sum.</param>
    /// <returns>Whether the node is present.</returns>
    bool Evaluate(LaneScratch scratch, TreeNode node, Span<float> result);
}
