using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Formats;

/// <summary>An open .npy file whose header has been read and checked against the file's length.</summary>
internal sealed class NpyReader : IDisposable
{
    private const int MaxHeader = 65_536;

    private readonly string _path;
    private readonly FileStream _stream;

    private NpyReader(string path, FileStream stream, string[] types)
    {
        _path = path;
        _stream = stream;
        var header = ReadHeader(stream, path);
        if (!types.Contains(header.Descr))
        {
            var expected = string.Join(" or ", types.Select(type => $"{Name(type)} ('{type}')"));
            var got = header.Descr.StartsWith('[') ? "a structured type" : $"{Name(header.Descr)} ({SpecField.Quote(header.Descr)})";
            // The last type is the widest.
            var mend = IsNumeric(header.Descr) ? NumPyLine.Change(path, $".astype('{types[^1]}')") : "";
            throw new UnreadableFileException($"{path}: dtype must be {expected}, got {got}{mend}");
        }

        Descr = header.Descr;
        Shape = CheckedShape(header, stream.Length - stream.Position, int.Parse(header.Descr.AsSpan(2), CultureInfo.InvariantCulture), path);
        Length = (int)Count(header.Shape)!;
    }

    /// <summary>Type of the elements, such as &lt;f4.</summary>
    public string Descr { get; }

    /// <summary>Sizes, outermost first.</summary>
    public ImmutableArray<int> Shape { get; }

    private int Length { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="types">The accepted types.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is malformed, or is of another type.</exception>
    public static NpyReader Open(string path, params ReadOnlySpan<string> types)
    {
        // A ref struct cannot be captured.
        var taken = types.ToArray();
        return UnreadableFileException.Wrap(path, () =>
        {
            var stream = RegularFile.Open(path);
            try
            {
                return new NpyReader(path, stream, taken);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        });
    }

    public T[] Values<T>()
        where T : unmanaged => UnreadableFileException.Wrap(_path, () => ElementStream.Read<T>(_stream, Length));

    /// <summary>Maps the elements, or reads them if their alignment or byte order in the file does not allow that.</summary>
    public ReadOnlyMemory<T> Mapped<T>()
        where T : unmanaged
    {
        if (Length == 0 || !BitConverter.IsLittleEndian || _stream.Position % Unsafe.SizeOf<T>() != 0) return Values<T>();
        return UnreadableFileException.Wrap<ReadOnlyMemory<T>>(_path, () => new MappedMemory<T>(_stream, _stream.Position, Length).Memory);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static NpyFileHeader ReadHeader(FileStream stream, string path)
    {
        Span<byte> start = stackalloc byte[NpyFile.Magic.Length + 2];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(NpyFile.Magic))
            throw new UnreadableFileException($"{path}: not a NumPy file: must begin with \\x93NUMPY");
        var major = start[^2];
        var minor = start[^1];
        if (minor != 0 || major is not (1 or 2 or 3)) throw new UnreadableFileException($"{path}: format version must be 1.0, 2.0 or 3.0, got {major}.{minor}");

        Span<byte> size = stackalloc byte[4];
        size.Clear();
        var sizeBytes = major == 1 ? 2 : 4;
        if (stream.ReadAtLeast(size[..sizeBytes], sizeBytes, throwOnEndOfStream: false) < sizeBytes) throw new UnreadableFileException($"{path}: truncated: ends before its header");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxHeader) throw new UnreadableFileException($"{path}: header must be at most {MaxHeader} bytes, got {length}");
        if (length > stream.Length - stream.Position)
            throw new UnreadableFileException($"{path}: truncated: header must be {length} bytes, got {stream.Length - stream.Position}");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        var text = (major < 3 ? Encoding.Latin1 : Encoding.UTF8).GetString(bytes);
        var header = NpyFileHeader.Parse(text)
            ?? throw new UnreadableFileException($"{path}: header must be {{'descr': ..., 'fortran_order': ..., 'shape': ...}}, got {SpecField.Quote(text.Trim())}");
        return header.IsInCOrder ? header : throw new UnreadableFileException($"{path}: must be in C order, got Fortran order{NumPyLine.COrder(path)}");
    }

    /// <summary>The shape, checked against the file's length, so that a false header cannot cause a huge allocation.</summary>
    private static ImmutableArray<int> CheckedShape(NpyFileHeader header, long dataBytes, int elementBytes, string path)
    {
        var tuple = NpyFileHeader.Tuple(header.Shape);
        var count = Count(header.Shape);
        if (count is null || count > Array.MaxLength || header.Shape.Any(size => size > int.MaxValue))
            throw new UnreadableFileException($"{path}: shape must hold at most {Array.MaxLength} elements, got {SpecField.Quote(tuple)}");
        var bytes = count * elementBytes;
        if (bytes != dataBytes)
        {
            throw new UnreadableFileException(
                $"{path}: {(dataBytes < bytes ? "truncated" : "too long")}: data must be {bytes} bytes, shape {tuple} of {Name(header.Descr)}, got {dataBytes}");
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

    // Whether NumPy converts the type to another number.
    private static bool IsNumeric(string descr) => descr is [_, 'f' or 'i' or 'u' or 'b', ..];

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
