using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MoeOrleans.Compute.Formats;

/// <summary>An open array of numbers of any type, byte order and order of elements, whose size has been checked against the file's length.</summary>
/// <param name="name">Where the array is.</param>
/// <param name="type">Type of the elements.</param>
/// <param name="isFortranOrder">Whether the first index runs fastest.</param>
/// <param name="shape">Sizes, outermost first.</param>
/// <param name="stream">The elements.</param>
/// <param name="owner">What is closed at the end.</param>
internal sealed class NumberReader(ArrayName name, ElementType type, bool isFortranOrder, ImmutableArray<int> shape, Stream stream, IDisposable owner) : IDisposable
{
    private const int ChunkElements = 1 << 16;

    /// <summary>Where the array is.</summary>
    public ArrayName Name => name;

    /// <summary>Type of the elements.</summary>
    public ElementType Type => type;

    /// <summary>Whether the first index runs fastest.</summary>
    public bool IsFortranOrder => isFortranOrder;

    /// <summary>Sizes, outermost first.</summary>
    public ImmutableArray<int> Shape => shape;

    /// <summary>Number of elements.</summary>
    public int Count { get; } = shape.Aggregate(1, (product, size) => product * size);

    /// <summary>The array, for the user.</summary>
    public ArrayInfo Info => new(name.Short, type.ToString(), shape);

    /// <summary>The elements in C order. A number that the type cannot hold becomes its nearest, or infinity.</summary>
    /// <typeparam name="T">Type to convert to.</typeparam>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is damaged.</exception>
    public T[] Read<T>()
        where T : unmanaged, INumber<T> => UnreadableFileException.Wrap(name.ToString(), () =>
        {
            var values = GC.AllocateUninitializedArray<T>(Count);
            var buffer = new byte[Math.Min(ChunkElements, Count) * type.Bytes];
            for (var start = 0; start < values.Length; start += ChunkElements)
            {
                var chunk = values.AsSpan(start, Math.Min(ChunkElements, values.Length - start));
                var bytes = buffer.AsSpan(0, chunk.Length * type.Bytes);
                stream.ReadExactly(bytes);
                Convert(bytes, chunk);
            }

            if (stream.ReadByte() >= 0) throw new UnreadableFileException($"{name}: too long: data must be {(long)Count * type.Bytes} bytes, shape {NpyFileHeader.Tuple(shape)} of {type}");
            return isFortranOrder ? FortranOrder.ToC(values, shape) : values;
        });

    /// <summary>The elements as float32: mapped into memory if the file has them so, otherwise read and converted.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is damaged.</exception>
    public ReadOnlyMemory<float> Singles()
    {
        if (Count == 0 || !type.IsSingle || type.IsBigEndian || isFortranOrder || !BitConverter.IsLittleEndian || stream is not FileStream file || file.Position % sizeof(float) != 0) return Read<float>();
        return UnreadableFileException.Wrap<ReadOnlyMemory<float>>(name.ToString(), () => new MappedMemory<float>(file, file.Position, Count).Memory);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        owner.Dispose();
    }

    private void Convert<T>(Span<byte> bytes, Span<T> into)
        where T : unmanaged, INumber<T>
    {
        if (type.IsBigEndian == BitConverter.IsLittleEndian) Swap(bytes);
        switch (type.Kind, type.Bytes)
        {
            case ('f', 2): Convert<Half, T>(bytes, into); break;
            case ('f', 4): Convert<float, T>(bytes, into); break;
            case ('f', 8): Convert<double, T>(bytes, into); break;
            case ('i', 1): Convert<sbyte, T>(bytes, into); break;
            case ('i', 2): Convert<short, T>(bytes, into); break;
            case ('i', 4): Convert<int, T>(bytes, into); break;
            case ('i', 8): Convert<long, T>(bytes, into); break;
            case ('u', 2): Convert<ushort, T>(bytes, into); break;
            case ('u', 4): Convert<uint, T>(bytes, into); break;
            case ('u', 8): Convert<ulong, T>(bytes, into); break;
            default: Convert<byte, T>(bytes, into); break;
        }
    }

    private static void Convert<TFrom, T>(ReadOnlySpan<byte> bytes, Span<T> into)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged, INumber<T> => TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, TFrom>(bytes), into);

    private void Swap(Span<byte> bytes)
    {
        switch (type.Bytes)
        {
            case 2: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case 4: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case 8: BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(bytes), MemoryMarshal.Cast<byte, ulong>(bytes)); break;
        }
    }
}
