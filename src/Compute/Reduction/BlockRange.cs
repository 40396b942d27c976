namespace MoeOrleans.Compute.Reduction;

/// <summary>A contiguous range of whole blocks of a step's minibatch.</summary>
/// <param name="Start">First block.</param>
/// <param name="Count">Number of blocks.</param>
public readonly record struct BlockRange(int Start, int Count)
{
    /// <summary>The block after the last.</summary>
    public int End => Start + Count;
}
