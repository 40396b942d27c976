using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// NumPy's .npy files, format 1.0 and 2.0: arrays of float, double, int or long, little-endian, in C order. Nothing is
/// converted in silence: a file of another type is refused.
/// </summary>
public static class NpyFile
{
    private const int Alignment = 64;
    private const int MaxHeader = 65_536;
    private const int ChunkElements = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array of any shape.</summary>
    /// <typeparam name="T">Element type: float, double, int or long.</typeparam>
    /// <param name="path">The file.</param>
    /// <exception cref="NpyFileException">The file cannot be read, is malformed, or is of another type.</exception>
    public static NpyArray<T> Read<T>(string path)
        where T : unmanaged
    {
        var expected = Descr<T>();
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!stream.CanSeek) throw new NpyFileException($"{path}: must be a regular file, whose length is known");
            var header = ReadHeader(stream, path);
            if (header.Descr != expected)
            {
                var got = header.Descr.StartsWith('[') ? "a structured type" : $"{Name(header.Descr)} ({SpecField.Quote(header.Descr)})";
                throw new NpyFileException($"{path}: dtype must be {Name(expected)} ('{expected}'), got {got}");
            }

            var shape = Shape(header, stream.Length - stream.Position, Unsafe.SizeOf<T>(), path);
            return new NpyArray<T>(shape, ReadValues<T>(stream, shape));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NpyFileException($"{path}: no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NpyFileException($"{path}: cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Reads an array whose shape is known.</summary>
    /// <typeparam name="T">Element type: float, double, int or long.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="meaning">What the sizes are, for the error line: "samples x patches x dim".</param>
    /// <param name="shape">The sizes, outermost first.</param>
    /// <exception cref="NpyFileException">The file cannot be read, is malformed, or is of another type or shape.</exception>
    public static NpyArray<T> Read<T>(string path, string meaning, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var array = Read<T>(path);
        return array.Shape.AsSpan().SequenceEqual(shape)
            ? array
            : throw new NpyFileException($"{path}: shape must be {Tuple(shape)}, {meaning}, got {Tuple(array.Shape.AsSpan())}");
    }

    /// <summary>Writes an array, over what was there.</summary>
    /// <typeparam name="T">Element type: float, double, int or long.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="values">The elements, the last index running fastest.</param>
    /// <param name="shape">Sizes, outermost first; none for a single number.</param>
    /// <exception cref="ArgumentException">Shape and number of elements differ.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var header = new NpyFileHeader(Descr<T>(), false, [.. Widen(shape)]);
        if (Count(header.Shape) != values.Length)
            throw new ArgumentException($"shape {Tuple(shape)} does not hold {values.Length} elements", nameof(shape));

        // NumPy ends the header so that the data is aligned.
        var text = header.ToString();
        var prefix = Magic.Length + 4;
        var length = ((prefix + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - prefix;
        Span<byte> size = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(size, checked((ushort)length));
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        stream.Write(Magic);
        stream.Write([1, 0]);
        stream.Write(size);
        stream.Write(Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n"));
        for (var start = 0; start < values.Length; start += ChunkElements)
            stream.Write(LittleEndian.Bytes(values.Slice(start, Math.Min(ChunkElements, values.Length - start))));
    }

    private static NpyFileHeader ReadHeader(FileStream stream, string path)
    {
        Span<byte> start = stackalloc byte[Magic.Length + 2];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(Magic))
            throw new NpyFileException($"{path}: no NumPy file: must begin with \\x93NUMPY");
        var (major, minor) = (start[^2], start[^1]);
        if (minor != 0 || major is not (1 or 2)) throw new NpyFileException($"{path}: format version must be 1.0 or 2.0, got {major}.{minor}");

        Span<byte> size = stackalloc byte[4];
        size.Clear();
        var sizeBytes = major == 1 ? 2 : 4;
        if (stream.ReadAtLeast(size[..sizeBytes], sizeBytes, throwOnEndOfStream: false) < sizeBytes) throw new NpyFileException($"{path}: truncated: ends before its header");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxHeader) throw new NpyFileException($"{path}: header must be at most {MaxHeader} bytes, got {length}");
        if (length > stream.Length - stream.Position)
            throw new NpyFileException($"{path}: truncated: header must be {length} bytes, got {stream.Length - stream.Position}");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        var text = Encoding.Latin1.GetString(bytes);
        var header = NpyFileHeader.Parse(text)
            ?? throw new NpyFileException($"{path}: header must be {{'descr': ..., 'fortran_order': ..., 'shape': ...}}, got {SpecField.Quote(text.Trim())}");
        return header.FortranOrder
            ? throw new NpyFileException($"{path}: must be in C order, got Fortran order; save numpy.ascontiguousarray(a)")
            : header;
    }

    /// <summary>The shape, checked against the file's length, so that no header makes us allocate more than there is.</summary>
    private static ImmutableArray<int> Shape(NpyFileHeader header, long dataBytes, int elementBytes, string path)
    {
        var tuple = NpyFileHeader.Tuple(header.Shape);
        var count = Count(header.Shape);
        if (count is null || count > Array.MaxLength || header.Shape.Any(size => size > int.MaxValue))
            throw new NpyFileException($"{path}: shape must hold at most {Array.MaxLength} elements, got {SpecField.Quote(tuple)}");
        var bytes = count * elementBytes;
        if (bytes != dataBytes)
        {
            throw new NpyFileException(
                $"{path}: {(dataBytes < bytes ? "truncated" : "too long")}: data must be {bytes} bytes, shape {tuple} of {Name(header.Descr)}, got {dataBytes}");
        }

        return [.. header.Shape.Select(size => (int)size)];
    }

    private static T[] ReadValues<T>(FileStream stream, ImmutableArray<int> shape)
        where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>((int)Count(Widen(shape.AsSpan()))!);
        for (var start = 0; start < values.Length; start += ChunkElements)
        {
            // A span counts its bytes in an int, so in chunks.
            var chunk = MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(ChunkElements, values.Length - start)));
            stream.ReadExactly(chunk);
            for (var i = 0; !BitConverter.IsLittleEndian && i < chunk.Length; i += Unsafe.SizeOf<T>()) chunk.Slice(i, Unsafe.SizeOf<T>()).Reverse();
        }

        return values;
    }

    /// <summary>The number of elements; null where it is out of all range.</summary>
    private static long? Count(ImmutableArray<long> shape)
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

    private static ImmutableArray<long> Widen(ReadOnlySpan<int> shape)
    {
        var wide = ImmutableArray.CreateBuilder<long>(shape.Length);
        foreach (var size in shape) wide.Add(size);
        return wide.MoveToImmutable();
    }

    private static string Tuple(ReadOnlySpan<int> shape) => NpyFileHeader.Tuple(Widen(shape));

    private static string Descr<T>() =>
        typeof(T) == typeof(float) ? "<f4"
        : typeof(T) == typeof(double) ? "<f8"
        : typeof(T) == typeof(int) ? "<i4"
        : typeof(T) == typeof(long) ? "<i8"
        : throw new NotSupportedException($"no .npy type for {typeof(T)}");

    /// <summary>NumPy's name of a type: float32 for &lt;f4.</summary>
    private static string Name(string descr)
    {
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
