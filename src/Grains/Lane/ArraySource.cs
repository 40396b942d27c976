using System.Buffers;

namespace MoeOrleans.Grains.Lane;

/// <summary>
/// Where experts and routers get their arrays. All pools are built on it, so a test can make any of their allocations fail.
/// </summary>
internal class ArraySource
{
    /// <summary>A source for callers without a silo.</summary>
    public static ArraySource Shared { get; } = new();

    /// <summary>A new array with any content.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="length">Elements.</param>
    public T[] New<T>(int length)
    {
        BeforeUse();
        return GC.AllocateUninitializedArray<T>(length);
    }

    /// <summary>A new array with the same content.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="values">The content.</param>
    public T[] Copy<T>(ReadOnlySpan<T> values)
    {
        var copy = New<T>(values.Length);
        values.CopyTo(copy);
        return copy;
    }

    /// <summary>A pooled array of at least this length, with any content.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="length">Elements.</param>
    public T[] Rent<T>(int length)
    {
        BeforeUse();
        return ArrayPool<T>.Shared.Rent(length);
    }

    /// <summary>Returns an array of <see cref="Rent"/>.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="array">The array.</param>
    public void Return<T>(T[] array)
    {
        BeforeUse();
        ArrayPool<T>.Shared.Return(array);
    }

    /// <summary>Adds an array to a list of free ones, which may have to grow.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="free">The list.</param>
    /// <param name="array">The array.</param>
    public void Keep<T>(Stack<T[]> free, T[] array)
    {
        BeforeUse();
        free.Push(array);
    }

    /// <summary>Called before anything is allocated, rented, returned or kept. An exception stands for one of the allocation.</summary>
    protected virtual void BeforeUse()
    {
    }
}
