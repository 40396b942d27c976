namespace MoeOrleans.Compute.Reduction;

/// <summary>
/// Node (level, index) of the reduction tree: it covers blocks [index * 2^level, (index + 1) * 2^level).
/// </summary>
/// <param name="Level">0 for a leaf, which is one block.</param>
/// <param name="Index">Position within the level.</param>
internal readonly record struct TreeNode(int Level, int Index)
{
    /// <summary>First block covered.</summary>
    public int Start => Index << Level;

    /// <summary>The block after the last covered.</summary>
    public int End => (Index + 1) << Level;

    /// <summary>The node of which this one is a half.</summary>
    public TreeNode Parent => new(Level + 1, Index >> 1);

    /// <summary>The other half of <see cref="Parent"/>.</summary>
    public TreeNode Sibling => new(Level, Index ^ 1);

    /// <summary>First half; only of a node above the leaves.</summary>
    public TreeNode Left => new(Level - 1, 2 * Index);

    /// <summary>Second half; only of a node above the leaves.</summary>
    public TreeNode Right => new(Level - 1, (2 * Index) + 1);

    /// <summary>The name as in the documentation; a record's own would print relatives of relatives without end.</summary>
    public override string ToString() => $"node ({Level}, {Index})";
}
