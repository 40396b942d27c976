using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MoeOrleans.Compute.Numerics;

/// <summary>Little-endian bytes of numbers, for files and hashes.</summary>
internal static class LittleEndian
{
    // A mapped file may have more bytes than a span.
    private const int HashedAtOnce = 1 << 20;

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

    /// <summary>Adds the elements' bytes to what is hashed.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="hash">The hash.</param>
    /// <param name="values">The elements.</param>
    public static void AppendTo<T>(IncrementalHash hash, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(hash);
        for (var start = 0; start < values.Length; start += HashedAtOnce)
            hash.AppendData(Bytes(values.Slice(start, Math.Min(HashedAtOnce, values.Length - start))));
    }
}
