using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace MoeOrleans.Compute.Formats;

/// <summary>
/// Numbers of a file that is mapped into memory, read-only. The file stays mapped until the process ends, because a span does not keep
/// its memory alive. Mapped pages cost only addresses: the system reclaims them when it needs memory.
/// </summary>
/// <typeparam name="T">Element type, in the machine's byte order.</typeparam>
internal sealed unsafe class MappedMemory<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly T* _pointer;
    private readonly int _length;

    /// <summary>Maps a part of a file.</summary>
    /// <param name="stream">The file; it may be closed afterwards.</param>
    /// <param name="offset">Start of the part, in bytes.</param>
    /// <param name="length">Number of elements.</param>
    public MappedMemory(FileStream stream, long offset, int length)
    {
        using var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        // The acquired pointer holds a reference, so collecting the view's handle does not unmap it.
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _pointer = (T*)(start + view.PointerOffset + offset);
        _length = length;
    }

    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(_pointer, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
