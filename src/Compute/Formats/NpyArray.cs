using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>An array of a .npy file, in C order.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="shape">Sizes, outermost first; empty for a single number.</param>
/// <param name="values">The elements, the last index running fastest.</param>
internal sealed class NpyArray<T>(ImmutableArray<int> shape, T[] values)
    where T : unmanaged
{
    /// <summary>Sizes, outermost first; empty for a single number.</summary>
    public ImmutableArray<int> Shape { get; } = shape;

    /// <summary>The elements, the last index running fastest.</summary>
    public T[] Values { get; } = values;

    /// <summary>The elements at one outermost index.</summary>
    public ReadOnlySpan<T> this[int index] => Values.AsSpan(index * (Values.Length / Shape[0]), Values.Length / Shape[0]);
}
