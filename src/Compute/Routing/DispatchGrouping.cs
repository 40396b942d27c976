using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Routing;

/// <summary>Groups the samples of a shard by the expert they go to.</summary>
public static class DispatchGrouping
{
    /// <summary>Groups routed samples by expert, keeping their order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="routed">Where each position of the range goes.</param>
    /// <param name="range">The blocks of the range.</param>
    /// <param name="block">Positions a block.</param>
    /// <returns>One dispatch for each expert, those without samples included.</returns>
    public static ExpertDispatch<T>[] Group<T>(RoutedSamples<T> routed, BlockRange range, int block)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var counts = new int[routed.Experts];
        foreach (var expert in routed.Expert) counts[expert]++;
        var dispatches = new ExpertDispatch<T>[routed.Experts];
        for (var m = 0; m < dispatches.Length; m++)
            dispatches[m] = new ExpertDispatch<T>(range, new int[range.Count + 1], new int[counts[m]], new int[counts[m]], new T[counts[m]]);
        Array.Clear(counts);
        for (var b = 0; b < range.Count; b++)
        {
            var end = Math.Min((b + 1) * block, routed.Count);
            for (var i = b * block; i < end; i++)
            {
                var expert = routed.Expert[i];
                var dispatch = dispatches[expert];
                var slot = counts[expert]++;
                dispatch.Positions[slot] = i;
                dispatch.Indexes[slot] = routed.Indexes[i];
                dispatch.Gates[slot] = routed.Gates[i];
            }

            for (var m = 0; m < dispatches.Length; m++) dispatches[m].BlockStarts[b + 1] = counts[m];
        }

        return dispatches;
    }
}
