namespace MoeOrleans.Grains.Lane;

/// <summary>
/// Arrays of one length, reused by one grain. Only arrays that never left the grain are returned: a sent array must not
/// change.
/// </summary>
internal sealed class FloatPool
{
    private readonly ArraySource _arrays;
    private readonly int _length;
    private readonly Stack<float[]> _free = new();

    /// <summary>Makes an empty pool.</summary>
    /// <param name="arrays">Where the arrays come from.</param>
    /// <param name="length">Elements of every array.</param>
    public FloatPool(ArraySource arrays, int length) => (_arrays, _length, Returned) = (arrays, length, Return);

    /// <summary>Elements of every array.</summary>
    public int Length => _length;

    /// <summary><see cref="Return"/> as a delegate.</summary>
    public Action<float[]> Returned { get; }

    /// <summary>An array with any content.</summary>
    public float[] Rent() => _free.TryPop(out var array) ? array : _arrays.New<float>(_length);

    /// <summary>Returns an array.</summary>
    /// <param name="array">An array of <see cref="Length"/> elements that is not used any more.</param>
    public void Return(float[] array) => _arrays.Keep(_free, array);
}
