using System.Collections.Immutable;
using System.Globalization;

namespace MoeOrleans.Compute.Formats;

/// <summary>An open .npy file whose header has been read and checked against the file's length.</summary>
internal sealed class NpyReader : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private NpyReader(string path, FileStream stream, string[] types)
    {
        _path = path;
        _stream = stream;
        var (header, dataBytes) = NpyHeaderReader.Read(stream, stream.Length, path);
        if (!header.IsInCOrder) throw new UnreadableFileException($"{path}: must be in C order, got Fortran order{NumPyLine.COrder(path)}");
        if (!types.Contains(header.Descr))
        {
            var expected = string.Join(" or ", types.Select(type => $"{NpyHeaderReader.TypeName(type)} ('{type}')"));
            // The last type is the widest.
            var mend = IsNumeric(header.Descr) ? NumPyLine.Change(path, $".astype('{types[^1]}')") : "";
            throw new UnreadableFileException($"{path}: dtype must be {expected}, got {NpyHeaderReader.Described(header.Descr)}{mend}");
        }

        Descr = header.Descr;
        Shape = NpyHeaderReader.CheckedShape(header, dataBytes, int.Parse(header.Descr.AsSpan(2), CultureInfo.InvariantCulture), path);
        Length = (int)NpyHeaderReader.Count(header.Shape)!;
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

    /// <summary>Opens a file of numbers of any type and order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is malformed, or holds no numbers.</exception>
    public static NumberReader OpenNumbers(string path) => UnreadableFileException.Wrap(path, () =>
    {
        var stream = RegularFile.Open(path);
        return Numbers(new ArrayName(path), stream, stream.Length, stream);
    });

    /// <summary>Reads the header of an array of numbers of any type and order.</summary>
    /// <param name="name">Where the array is.</param>
    /// <param name="stream">The .npy file.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="owner">What is closed at the end, and if the header is refused.</param>
    /// <exception cref="UnreadableFileException">The file is malformed, or holds no numbers.</exception>
    public static NumberReader Numbers(ArrayName name, Stream stream, long length, IDisposable owner)
    {
        try
        {
            var (header, dataBytes) = NpyHeaderReader.Read(stream, length, name.ToString());
            var type = ElementType.Parse(header.Descr)
                ?? throw new UnreadableFileException($"{name}: dtype must be of numbers, such as float32 ('<f4'), got {NpyHeaderReader.Described(header.Descr)}; save an array of numbers: of names, numpy.unique(names, return_inverse=True)[1] numbers the classes");
            return new NumberReader(name, type, !header.IsInCOrder, NpyHeaderReader.CheckedShape(header, dataBytes, type.Bytes, name.ToString()), stream, owner);
        }
        catch
        {
            stream.Dispose();
            owner.Dispose();
            throw;
        }
    }

    public T[] Values<T>()
        where T : unmanaged => UnreadableFileException.Wrap(_path, () => ElementStream.Read<T>(_stream, Length));

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    // Whether NumPy converts the type to another number.
    private static bool IsNumeric(string descr) => descr is [_, 'f' or 'i' or 'u' or 'b', ..];
}
