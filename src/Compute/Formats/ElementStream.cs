using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Formats;

/// <summary>Reads and writes the elements of a tensor as little-endian bytes, in chunks: a span counts its bytes in an int.</summary>
internal static class ElementStream
{
    private const int ChunkElements = 1 << 20;

    /// <summary>Reads the next elements.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="stream">The file.</param>
    /// <param name="count">Number of elements.</param>
    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public static T[] Read<T>(Stream stream, int count)
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(count);
        for (var start = 0; start < values.Length; start += ChunkElements)
        {
            var chunk = MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(ChunkElements, values.Length - start)));
            stream.ReadExactly(chunk);
            for (var i = 0; !BitConverter.IsLittleEndian && i < chunk.Length; i += Unsafe.SizeOf<T>()) chunk.Slice(i, Unsafe.SizeOf<T>()).Reverse();
        }

        return values;
    }

    /// <summary>Writes elements.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="stream">The file.</param>
    /// <param name="values">The elements.</param>
    public static void Write<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        for (var start = 0; start < values.Length; start += ChunkElements)
            stream.Write(LittleEndian.Bytes(values.Slice(start, Math.Min(ChunkElements, values.Length - start))));
    }
}
