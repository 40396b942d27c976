namespace MoeOrleans.Grains.Experts;

/// <summary>
/// Arrays for an expert's answers. An answer is read until its step is committed, by routers and by whoever dispatches the same
/// again; then its array serves another step.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ReplyBuffers<T>
{
    private readonly Stack<T[]> _free = new();
    private readonly List<T[]> _answers = [];

    /// <summary>An array of at least this length, that holds anything.</summary>
    /// <param name="length">Elements.</param>
    // An expert's share of a shard varies from step to step: some room, so that arrays soon fit.
    public T[] Rent(int length) => _free.TryPop(out var array) && array.Length >= length ? array : GC.AllocateUninitializedArray<T>(length + (length / 4) + 16);

    /// <summary>The array is part of an answer of the step in progress.</summary>
    /// <param name="array">An array rented.</param>
    public void MarkSent(T[] array) => _answers.Add(array);

    /// <summary>The step is committed: nobody asks for its answers any more.</summary>
    public void Recycle()
    {
        foreach (var array in _answers) _free.Push(array);
        _answers.Clear();
    }

    /// <summary>The expert was restored: routers of before may still read what they were answered.</summary>
    public void Abandon() => _answers.Clear();
}
