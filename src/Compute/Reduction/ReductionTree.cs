using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MoeOrleans.Compute.Reduction;

/// <summary>
/// The binary tree that fixes the order of every sum over a minibatch: node (l, i) is node (l-1, 2i) + node (l-1, 2i+1), an
/// absent node is the identity. So a sum has the same bits for any spread of the blocks over shards, threads and silos.
/// </summary>
internal static class ReductionTree
{
    private const int CacheLine = 64;

    /// <summary>Level of the root over <paramref name="blocks"/> blocks: the smallest l with 2^l at least that.</summary>
    /// <param name="blocks">Number of blocks, at least 1.</param>
    public static int RootLevel(int blocks) => BitOperations.Log2((uint)blocks) + (BitOperations.IsPow2(blocks) ? 0 : 1);

    /// <summary>
    /// The fewest nodes that cover a range of blocks, in ascending order. Blocks past the minibatch's end are absent, so a
    /// range that reaches the end may be covered by nodes that reach beyond it.
    /// </summary>
    /// <param name="range">The blocks to cover.</param>
    /// <param name="blocks">Number of blocks of the minibatch.</param>
    public static IReadOnlyList<TreeNode> Cover(BlockRange range, int blocks)
    {
        var nodes = new List<TreeNode>();
        var end = range.End == blocks ? 1 << RootLevel(blocks) : range.End;
        var start = range.Start;
        while (start < end && start < blocks)
        {
            var level = start == 0 ? RootLevel(blocks) : BitOperations.TrailingZeroCount(start);
            while (start + (1 << level) > end) level--;
            nodes.Add(new TreeNode(level, start >> level));
            start += 1 << level;
        }

        return nodes;
    }

    /// <summary>Elements of scratch space that <see cref="Evaluate"/> works in.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="node">The node to evaluate.</param>
    /// <param name="length">Elements of the sum.</param>
    public static int ScratchLength<T>(TreeNode node, int length)
        where T : unmanaged => node.Level == 0 ? 0 : (node.Level * WholeLines<T>(length)) + (CacheLine / Unsafe.SizeOf<T>());

    /// <summary>Sums the leaves below a node in tree order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <typeparam name="TLeaf">Type that fills a leaf.</typeparam>
    /// <param name="node">The node to evaluate.</param>
    /// <param name="blocks">Number of blocks of the minibatch.</param>
    /// <param name="leaf">Fills a block's leaf, or says that it is absent.</param>
    /// <param name="result">The sum; unspecified if the node is absent.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> elements, which may hold any values.</param>
    /// <returns>Whether any leaf below the node is present.</returns>
    public static bool Evaluate<T, TLeaf>(TreeNode node, int blocks, ref TLeaf leaf, Span<T> result, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLeaf : IReductionLeaf<T>, allows ref struct
    {
        if (!Sum(node, blocks, ref leaf, result, FromCacheLine(scratch))) return false;
        leaf.ToParameterOrder(result);
        return true;
    }

    private static bool Sum<T, TLeaf>(TreeNode node, int blocks, ref TLeaf leaf, Span<T> result, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLeaf : IReductionLeaf<T>, allows ref struct
    {
        if (node.Start >= blocks) return false;
        if (node.Level == 0 || leaf.Fills(node)) return leaf.TryFill(node, result);
        if (!Sum(node.Left, blocks, ref leaf, result, scratch)) return Sum(node.Right, blocks, ref leaf, result, scratch);
        var right = scratch[..result.Length];
        if (Sum(node.Right, blocks, ref leaf, right, scratch[WholeLines<T>(result.Length)..])) Add(result, right);
        return true;
    }

    /// <summary>Adds <paramref name="right"/> to <paramref name="left"/>, element by element.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="left">First half; receives the sum.</param>
    /// <param name="right">Second half.</param>
    public static void Add<T>(Span<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TensorPrimitives.Add(left, right, left);

    // Aligned vectors cross no cache line, which saves 1 to 3 percent of the time for 64 and 512 experts. This is only a hint: the
    // garbage collector may move an array.
    private static unsafe Span<T> FromCacheLine<T>(Span<T> scratch)
        where T : unmanaged
    {
        if (scratch.IsEmpty) return scratch;
        var past = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(scratch)) % CacheLine;
        return past == 0 ? scratch : scratch[(int)((CacheLine - past) / (nuint)sizeof(T))..];
    }

    private static int WholeLines<T>(int length)
        where T : unmanaged
    {
        var line = CacheLine / Unsafe.SizeOf<T>();
        return (length + line - 1) / line * line;
    }
}
