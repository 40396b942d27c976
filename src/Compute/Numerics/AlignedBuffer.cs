namespace MoeOrleans.Compute.Numerics;

/// <summary>Zeroed, pinned scratch memory that starts on a cache line, so that no vector load straddles two.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    private const int Alignment = 64;
    private readonly T[] _array;

    public AlignedBuffer(int length)
    {
        _array = GC.AllocateArray<T>(length + (Alignment / sizeof(T)), pinned: true);
        var address = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _array[0]);
        Pointer = (T*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = length;
    }

    /// <summary>First element; valid as long as this object is referenced.</summary>
    public T* Pointer { get; }

    public int Length { get; }

    public Span<T> Span => new(Pointer, Length);
}
