using System.Runtime.InteropServices;

namespace MoeOrleans.Compute.Numerics;

/// <summary>Little-endian bytes of numbers, for files and hashes.</summary>
public static class LittleEndian
{
    /// <summary>The elements' bytes; a view of the elements themselves on little-endian machines.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="values">The elements.</param>
    public static ReadOnlySpan<byte> Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        if (BitConverter.IsLittleEndian) return bytes;
        var swapped = bytes.ToArray();
        for (var start = 0; start < swapped.Length; start += Marshal.SizeOf<T>()) swapped.AsSpan(start, Marshal.SizeOf<T>()).Reverse();
        return swapped;
    }
}
