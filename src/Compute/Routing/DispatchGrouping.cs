using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Routing;

/// <summary>Groups the samples of a shard by the expert they go to.</summary>
internal static class DispatchGrouping
{
    /// <summary>Groups routed samples by expert, keeping their order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="routed">Expert and gate of each position of the range.</param>
    /// <param name="range">The blocks of the range.</param>
    /// <param name="block">Positions a block.</param>
    /// <param name="buffers">Buffers for the result; null for new ones.</param>
    /// <returns>One dispatch for each expert, even without samples.</returns>
    public static ExpertDispatch<T>[] Group<T>(RoutedSamples<T> routed, BlockRange range, int block, DispatchBuffers<T>? buffers = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        buffers ??= new DispatchBuffers<T>(routed.Count, routed.Experts, range.Count);
        var starts = buffers.Starts;
        var next = buffers.Next;
        Count(routed, starts);
        starts.AsSpan(0, next.Length).CopyTo(next);
        var positions = buffers.Positions;
        var indexes = buffers.Indexes;
        var gates = buffers.Gates;
        var blockStarts = buffers.BlockStarts;
        var routedExperts = routed.Expert;
        var routedIndexes = routed.Indexes;
        var routedGates = routed.Gates;
        for (var m = 0; m < next.Length; m++) blockStarts[m * (range.Count + 1)] = 0;
        for (var b = 0; b < range.Count; b++)
        {
            var end = Math.Min((b + 1) * block, routed.Count);
            for (var i = b * block; i < end; i++)
            {
                var slot = next[routedExperts[i]]++;
                positions[slot] = i;
                indexes[slot] = routedIndexes[i];
                gates[slot] = routedGates[i];
            }

            for (var m = 0; m < next.Length; m++) blockStarts[(m * (range.Count + 1)) + b + 1] = next[m] - starts[m];
        }

        var dispatches = buffers.Dispatches;
        for (var m = 0; m < dispatches.Length; m++)
        {
            var start = starts[m];
            var count = starts[m + 1] - starts[m];
            dispatches[m] = new ExpertDispatch<T>(
                range, blockStarts.AsMemory(m * (range.Count + 1), range.Count + 1), positions.AsMemory(start, count), indexes.AsMemory(start, count), gates.AsMemory(start, count));
        }

        return dispatches;
    }

    // Start of each expert's samples, then the end of the last.
    private static void Count<T>(RoutedSamples<T> routed, int[] starts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Array.Clear(starts);
        foreach (var expert in routed.Expert) starts[expert + 1]++;
        for (var m = 0; m < routed.Experts; m++) starts[m + 1] += starts[m];
    }
}
