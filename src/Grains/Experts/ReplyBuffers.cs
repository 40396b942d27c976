using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// Arrays for an expert's replies. Routers read a reply until its step is committed, and a repeated dispatch is sent it again. After the
/// commit its array is reused.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="arrays">Where the arrays come from.</param>
internal sealed class ReplyBuffers<T>(ArraySource arrays)
{
    private readonly Stack<T[]> _free = new();
    private readonly List<T[]> _sent = [];

    /// <summary>An array of at least this length, with any content.</summary>
    /// <param name="length">Elements.</param>
    // An expert's share of a shard varies from step to step: with some room, arrays soon fit all steps.
    public T[] Rent(int length) => _free.TryPop(out var array) && array.Length >= length ? array : arrays.New<T>(length + (length / 4) + 16);

    /// <summary>The array is part of a reply of the step in progress.</summary>
    /// <param name="array">An array rented.</param>
    public void MarkSent(T[] array) => _sent.Add(array);

    /// <summary>The step is committed: its replies are not read any more.</summary>
    public void Recycle()
    {
        foreach (var array in _sent) arrays.Keep(_free, array);
        _sent.Clear();
    }

    /// <summary>The expert was restored. Routers may still read the replies of before: their arrays are not reused.</summary>
    public void Abandon() => _sent.Clear();
}
