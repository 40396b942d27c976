namespace MoeOrleans.Grains.Lane;

/// <summary>
/// Arrays of one length, kept for reuse by one grain. Only arrays that never leave the grain come back here: what was sent
/// is never changed again.
/// </summary>
/// <param name="length">Elements of every array.</param>
public sealed class FloatPool(int length)
{
    private readonly Stack<float[]> _free = new();

    /// <summary>Elements of every array.</summary>
    public int Length => length;

    /// <summary>An array that may hold anything.</summary>
    public float[] Rent() => _free.TryPop(out var array) ? array : GC.AllocateUninitializedArray<float>(length);

    /// <summary>Takes an array back.</summary>
    /// <param name="array">An array of <see cref="Length"/> elements that nobody else uses.</param>
    public void Return(float[] array) => _free.Push(array);
}
