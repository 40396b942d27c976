using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Experts;

/// <summary>A block that has samples, and how its sum joins those before it: with a stack, which a block's sum is put on.</summary>
/// <param name="Position">The block, counted from the first of the dispatch's range.</param>
/// <param name="First">Its first sample, counted from the first of the subtree.</param>
/// <param name="Count">Its number of samples.</param>
/// <param name="Joins">How many times the two sums on top of the stack are then added.</param>
internal readonly record struct SubtreeBlock(int Position, int First, int Count, int Joins);

/// <summary>The blocks below a node of the reduction tree.</summary>
internal static class SubtreeBlocks
{
    /// <summary>Highest level of a node whose blocks are summed at once.</summary>
    public const int MaxLevel = 6;

    /// <summary>Sums that the stack has at most.</summary>
    public const int MaxSums = MaxLevel + 1;

    /// <summary>The blocks below a node that have samples, in order.</summary>
    /// <param name="node">The node, of at most <see cref="MaxLevel"/>.</param>
    /// <param name="blockStarts">Where each block's samples start, from <paramref name="firstBlock"/>, and where the last one's end.</param>
    /// <param name="firstBlock">First block of the range.</param>
    /// <param name="room">Receives them: as many as the node has leaves.</param>
    /// <returns>The part of <paramref name="room"/> that was used.</returns>
    public static ReadOnlySpan<SubtreeBlock> Of(TreeNode node, ReadOnlySpan<int> blockStarts, int firstBlock, Span<SubtreeBlock> room)
    {
        var found = 0;
        Add(node, blockStarts, firstBlock, room, ref found);
        return room[..found];
    }

    private static bool Add(TreeNode node, ReadOnlySpan<int> blockStarts, int firstBlock, Span<SubtreeBlock> room, ref int found)
    {
        if (node.Level > 0)
        {
            var left = Add(node.Left, blockStarts, firstBlock, room, ref found);
            var right = Add(node.Right, blockStarts, firstBlock, room, ref found);
            if (left && right) room[found - 1] = room[found - 1] with { Joins = room[found - 1].Joins + 1 };
            return left || right;
        }

        var position = node.Index - firstBlock;
        if (position + 1 >= blockStarts.Length || blockStarts[position] == blockStarts[position + 1]) return false;
        var first = found == 0 ? 0 : room[found - 1].First + room[found - 1].Count;
        room[found++] = new SubtreeBlock(position, first, blockStarts[position + 1] - blockStarts[position], Joins: 0);
        return true;
    }
}
