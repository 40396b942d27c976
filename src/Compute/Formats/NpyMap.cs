using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>An array of a .npy file that is mapped into memory, in C order.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Shape">Sizes, outermost first; empty for a single number.</param>
/// <param name="Values">The elements, the last index running fastest.</param>
internal sealed record NpyMap<T>(ImmutableArray<int> Shape, ReadOnlyMemory<T> Values)
    where T : unmanaged;
