namespace MoeOrleans.Compute.Reduction;

/// <summary>Fills the leaves of a reduction tree.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal interface IReductionLeaf<T>
{
    /// <summary>Sums a block's samples, in order from +0, into <paramref name="result"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="result">Receives the sum, its elements in an order that all leaves share; may hold any values before.</param>
    /// <returns>False if the block has no sample: the leaf is absent, and <paramref name="result"/> is unspecified.</returns>
    bool TryFill(int block, Span<T> result);

    /// <summary>Puts the elements of a sum of leaves in the order that its reader expects.</summary>
    void ToParameterOrder(Span<T> sum);
}
