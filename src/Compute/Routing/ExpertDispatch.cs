using System.Numerics;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Routing;

/// <summary>The samples of a range of blocks that go to one expert, in ascending position.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Range">The blocks.</param>
/// <param name="BlockStarts">Range.Count + 1 offsets: block b's samples start at BlockStarts[b - Range.Start].</param>
/// <param name="Positions">Position of each sample within the range.</param>
/// <param name="Indexes">Each sample's index in its set.</param>
/// <param name="Gates">Each sample's gate.</param>
internal readonly record struct ExpertDispatch<T>(
    BlockRange Range, ReadOnlyMemory<int> BlockStarts, ReadOnlyMemory<int> Positions, ReadOnlyMemory<int> Indexes, ReadOnlyMemory<T> Gates)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of samples.</summary>
    public int Count => Indexes.Length;
}
