namespace MoeOrleans.Compute.Reduction;

/// <summary>Fills the leaves of a reduction tree, and whole subtrees where that is faster than leaf by leaf.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal interface IReductionLeaf<T>
{
    /// <summary>Whether <see cref="TryFill"/> takes a node above the leaves, which it always takes.</summary>
    /// <param name="node">The node.</param>
    bool Fills(TreeNode node);

    /// <summary>
    /// Sums a block's samples, in order from +0, into <paramref name="result"/>; or those of the blocks below a node, with the bits that
    /// the tree would give.
    /// </summary>
    /// <param name="node">A leaf, or a node that it fills.</param>
    /// <param name="result">Receives the sum, its elements in an order that all leaves share; may hold any values before.</param>
    /// <returns>False if there is no sample: the node is absent, and <paramref name="result"/> is unspecified.</returns>
    bool TryFill(TreeNode node, Span<T> result);

    /// <summary>Puts the elements of a sum of leaves in the order that its reader expects.</summary>
    void ToParameterOrder(Span<T> sum);
}
