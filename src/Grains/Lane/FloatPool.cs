namespace MoeOrleans.Grains.Lane;

/// <summary>
/// Arrays of one length, kept for reuse by one grain. Only arrays that never leave the grain come back here: what was sent
/// is never changed again.
/// </summary>
internal sealed class FloatPool
{
    private readonly int _length;
    private readonly Stack<float[]> _free = new();

    /// <summary>Makes an empty pool.</summary>
    /// <param name="length">Elements of every array.</param>
    public FloatPool(int length) => (_length, Returned) = (length, Return);

    /// <summary>Elements of every array.</summary>
    public int Length => _length;

    /// <summary><see cref="Return"/>, for whoever has to be told where arrays go.</summary>
    public Action<float[]> Returned { get; }

    /// <summary>An array that may hold anything.</summary>
    public float[] Rent() => _free.TryPop(out var array) ? array : GC.AllocateUninitializedArray<float>(_length);

    /// <summary>Takes an array back.</summary>
    /// <param name="array">An array of <see cref="Length"/> elements that nobody else uses.</param>
    public void Return(float[] array) => _free.Push(array);
}
