using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace MoeOrleans.Compute.Formats;

/// <summary>
/// NumPy's .npy files, format 1.0 to 3.0: arrays of float, double, int or long, little-endian, in C order. A file of another type is
/// refused, never converted: <see cref="NumberReader"/> converts.
/// </summary>
internal static class NpyFile
{
    private const int Alignment = 64;

    /// <summary>The bytes that every file begins with.</summary>
    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array of any shape.</summary>
    /// <typeparam name="T">Element type: float, double, int or long.</typeparam>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is malformed, or is of another type.</exception>
    public static NpyArray<T> Read<T>(string path)
        where T : unmanaged
    {
        using var reader = NpyReader.Open(path, Descr<T>());
        return new NpyArray<T>(reader.Shape, reader.Values<T>());
    }

    /// <summary>Reads an array whose shape is known.</summary>
    /// <typeparam name="T">Element type: float, double, int or long.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="meaning">Meaning of the sizes, for the error line: "samples x patches x dim".</param>
    /// <param name="shape">The sizes, outermost first.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is malformed, or is of another type or shape.</exception>
    public static NpyArray<T> Read<T>(string path, string meaning, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var array = Read<T>(path);
        if (array.Shape.AsSpan().SequenceEqual(shape)) return array;
        var mend = array.Values.Length > 0 && NpyHeaderReader.Count(Widen(shape)) == array.Values.Length ? NumPyLine.Change(path, $".reshape({Tuple(shape)})") : "";
        throw new UnreadableFileException($"{path}: shape must be {Tuple(shape)}, {meaning}, got {Tuple(array.Shape.AsSpan())}{mend}");
    }

    /// <summary>Writes an array; an existing file is replaced.</summary>
    /// <typeparam name="T">Element type: float, double, int or long.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="values">The elements, the last index running fastest.</param>
    /// <param name="shape">Sizes, outermost first; none for a single number.</param>
    /// <exception cref="ArgumentException">Shape and number of elements differ.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var header = new NpyFileHeader(Descr<T>(), false, [.. Widen(shape)]);
        if (NpyHeaderReader.Count(header.Shape) != values.Length)
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
        ElementStream.Write(stream, values);
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
}
