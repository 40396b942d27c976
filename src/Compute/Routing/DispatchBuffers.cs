using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Routing;

/// <summary>The arrays of a shard's dispatches, which are slices of them. They may be reused once no dispatch is read any more.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="samples">Positions of the shard.</param>
/// <param name="experts">Number of experts M.</param>
/// <param name="blocks">Blocks of the shard.</param>
internal sealed class DispatchBuffers<T>(int samples, int experts, int blocks)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Positions, an expert's side by side.</summary>
    internal int[] Positions { get; } = GC.AllocateUninitializedArray<int>(samples);

    /// <summary>Index of the sample at each of <see cref="Positions"/>.</summary>
    internal int[] Indexes { get; } = GC.AllocateUninitializedArray<int>(samples);

    internal T[] Gates { get; } = GC.AllocateUninitializedArray<T>(samples);

    /// <summary>Experts x (blocks + 1) offsets.</summary>
    internal int[] BlockStarts { get; } = new int[experts * (blocks + 1)];

    /// <summary>The dispatches themselves, one for each expert.</summary>
    internal ExpertDispatch<T>[] Dispatches { get; } = new ExpertDispatch<T>[experts];

    /// <summary>Where each expert's samples start, and their end.</summary>
    internal int[] Starts { get; } = new int[experts + 1];

    /// <summary>Where each expert's next sample goes.</summary>
    internal int[] Next { get; } = new int[experts];

    /// <summary>Whether they have room for a shard.</summary>
    public bool Fit(RoutedSamples<T> routed, BlockRange range) => routed.Count <= samples && routed.Experts == experts && range.Count <= blocks;
}
