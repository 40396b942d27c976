namespace MoeOrleans.Grains.Wire;

/// <summary>
/// Numbers in a message. Between processes they are copied as bytes; within a silo sender and receiver share them. So neither
/// may change them after they were sent.
/// </summary>
/// <typeparam name="T">An unmanaged number type.</typeparam>
/// <param name="values">The numbers; not copied.</param>
[Immutable]
internal sealed class WireTensor<T>(ReadOnlyMemory<T> values)
    where T : unmanaged
{
    /// <summary>All of an array.</summary>
    /// <param name="values">The numbers; not copied.</param>
    public WireTensor(T[] values)
        : this(values.AsMemory())
    {
    }

    /// <summary>No numbers.</summary>
    internal static readonly WireTensor<T> None = new(ReadOnlyMemory<T>.Empty);

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<T> Span => Memory.Span;

    /// <summary>The numbers, for use across awaits.</summary>
    public ReadOnlyMemory<T> Memory { get; } = values;

    /// <summary>Number of numbers.</summary>
    public int Length => Memory.Length;
}
