using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;

namespace MoeOrleans.Compute.Formats;

/// <summary>
/// IDX files, as MNIST and its successors have them, compressed with gzip or not: two zeros, the type, the number of sizes, the sizes, then
/// the numbers, all big-endian.
/// </summary>
internal static class IdxFile
{
    private const int HeaderBytes = 4;

    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is malformed.</exception>
    public static NumberReader Open(string path) => UnreadableFileException.Wrap(path, () =>
    {
        var file = RegularFile.Open(path);
        try
        {
            return ReadHeader(path, file, IsGzip(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    private static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[GzipMagic.Length];
        var isGzip = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(GzipMagic);
        file.Position = 0;
        return isGzip;
    }

    private static NumberReader ReadHeader(string path, FileStream file, bool isGzip)
    {
        Stream stream = isGzip ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress)) : file;
        Span<byte> start = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || start is not [0, 0, ..] || TypeOf(start[2]) is not { } type)
            throw new UnreadableFileException($"{path}: not an IDX file: must begin with 0, 0 and a type, compressed with gzip or not");
        Span<byte> sizes = stackalloc byte[sizeof(int) * start[3]];
        if (stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false) < sizes.Length) throw new UnreadableFileException($"{path}: truncated: ends before its sizes");
        var shape = ImmutableArray.CreateBuilder<long>(start[3]);
        for (var at = 0; at < sizes.Length; at += sizeof(int)) shape.Add(BinaryPrimitives.ReadUInt32BigEndian(sizes[at..]));
        var header = new NpyFileHeader(type.Descr, false, shape.MoveToImmutable());
        var headerBytes = HeaderBytes + sizes.Length;
        // A compressed file does not say how long its content is; the reader checks that it ends where it should.
        var bytes = NpyHeaderReader.Count(header.Shape) * type.Bytes;
        if (isGzip) Deflated.Check(path, (bytes ?? 0) + headerBytes, file.Length);
        var dataBytes = isGzip && bytes is { } expected ? expected : file.Length - headerBytes;
        return new NumberReader(new ArrayName(path), type, false, NpyHeaderReader.CheckedShape(header, dataBytes, type.Bytes, path), stream, file);
    }

    private static ElementType? TypeOf(byte code) => code switch
    {
        0x08 => new('u', 1),
        0x09 => new('i', 1),
        0x0B => new('i', 2, true),
        0x0C => new('i', 4, true),
        0x0D => new('f', 4, true),
        0x0E => new('f', 8, true),
        _ => null,
    };
}
