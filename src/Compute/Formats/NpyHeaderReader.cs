using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Formats;

/// <summary>Reads the header of a .npy file, and checks it against the number of bytes that follow.</summary>
internal static class NpyHeaderReader
{
    private const int MaxHeader = 65_536;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file, at its beginning; afterwards at its elements.</param>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="name">The file, for error lines.</param>
    /// <returns>The header, and the number of bytes behind it.</returns>
    /// <exception cref="UnreadableFileException">The header is malformed.</exception>
    public static (NpyFileHeader Header, long DataBytes) Read(Stream stream, long length, string name)
    {
        Span<byte> start = stackalloc byte[NpyFile.Magic.Length + 2];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(NpyFile.Magic))
            throw new UnreadableFileException($"{name}: not a NumPy file: must begin with \\x93NUMPY");
        var major = start[^2];
        var minor = start[^1];
        if (minor != 0 || major is not (1 or 2 or 3)) throw new UnreadableFileException($"{name}: format version must be 1.0, 2.0 or 3.0, got {major}.{minor}");

        Span<byte> size = stackalloc byte[4];
        size.Clear();
        var sizeBytes = major == 1 ? 2 : 4;
        if (stream.ReadAtLeast(size[..sizeBytes], sizeBytes, throwOnEndOfStream: false) < sizeBytes) throw new UnreadableFileException($"{name}: truncated: ends before its header");
        var headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (headerBytes > MaxHeader) throw new UnreadableFileException($"{name}: header must be at most {MaxHeader} bytes, got {headerBytes}");
        var rest = length - start.Length - sizeBytes;
        if (headerBytes > rest) throw new UnreadableFileException($"{name}: truncated: header must be {headerBytes} bytes, got {rest}");
        var bytes = new byte[headerBytes];
        stream.ReadExactly(bytes);
        var text = (major < 3 ? Encoding.Latin1 : Encoding.UTF8).GetString(bytes);
        var header = NpyFileHeader.Parse(text)
            ?? throw new UnreadableFileException($"{name}: header must be {{'descr': ..., 'fortran_order': ..., 'shape': ...}}, got {SpecField.Quote(text.Trim())}");
        return (header, rest - headerBytes);
    }

    /// <summary>The shape, checked against the file's length, so that a false header cannot cause a huge allocation.</summary>
    public static ImmutableArray<int> CheckedShape(NpyFileHeader header, long dataBytes, int elementBytes, string name)
    {
        var tuple = NpyFileHeader.Tuple(header.Shape);
        var count = Count(header.Shape);
        if (count is null || count > Array.MaxLength || header.Shape.Any(size => size > int.MaxValue))
            throw new UnreadableFileException($"{name}: shape must hold at most {Array.MaxLength} elements, got {SpecField.Quote(tuple)}");
        var bytes = count * elementBytes;
        if (bytes != dataBytes)
        {
            throw new UnreadableFileException(
                $"{name}: {(dataBytes < bytes ? "truncated" : "too long")}: data must be {bytes} bytes, shape {tuple} of {TypeName(header.Descr)}, got {dataBytes}");
        }

        return [.. header.Shape.Select(size => (int)size)];
    }

    /// <summary>The number of elements; null if it overflows.</summary>
    public static long? Count(ImmutableArray<long> shape)
    {
        var count = 1L;
        if (shape.Contains(0)) return 0;
        foreach (var size in shape)
        {
            if (size > Array.MaxLength / count) return null;
            count *= size;
        }

        return count;
    }

    /// <summary>NumPy's name of a type, and its code: float32 ('&lt;f4').</summary>
    public static string Described(string descr) => descr.StartsWith('[') ? "a structured type" : $"{TypeName(descr)} ({SpecField.Quote(descr)})";

    /// <summary>NumPy's name of a type: float32 for &lt;f4.</summary>
    public static string TypeName(string descr)
    {
        if (ElementType.Parse(descr) is { } known) return known.ToString();
        if (descr is not [var order, var kind, ..] || !int.TryParse(descr.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) return "another type";
        var name = kind switch
        {
            'f' => $"float{8L * bytes}",
            'i' => $"int{8L * bytes}",
            'u' => $"uint{8L * bytes}",
            'c' => $"complex{8L * bytes}",
            'b' => "bool",
            'S' or 'U' => "text",
            _ => "another type",
        };
        return order == '>' ? $"big-endian {name}" : name;
    }
}
