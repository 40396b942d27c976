using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Output;

/// <summary>
/// Reads and writes safetensors: an 8-byte little-endian header length, a JSON header padded with spaces to a multiple of 8 bytes, then
/// the tensors' little-endian bytes, one after the other in the order given. Only F32 is read and written.
/// </summary>
public static class SafetensorsFile
{
    private const int Alignment = 8;

    // The format's own limit.
    private const int MaxHeader = 100_000_000;

    private const int ChunkElements = 1 << 20;

    /// <summary>Writes tensors of type F32.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">The tensors; names must differ.</param>
    /// <param name="metadata">Texts for the header's __metadata__.</param>
    public static void Write(Stream stream, IReadOnlyList<NamedTensor<float>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);

        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors) stream.Write(LittleEndian.Bytes<float>(tensor.Values));
    }

    /// <summary>Reads a file; every length and offset is checked.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">The file cannot be read, is malformed, or has tensors of another type.</exception>
    public static SafetensorsContent Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!stream.CanSeek) throw new RunFileException($"{path}: must be a regular file, whose length is known");
            return Read(stream, path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunFileException($"{path}: no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RunFileException($"{path}: cannot be read: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    private static SafetensorsContent Read(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        var left = stream.Length - prefix.Length;
        if (left < 0 || stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw new RunFileException($"{path}: no safetensors file: shorter than {sizeof(ulong)} bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeader || (long)length > left)
            throw new RunFileException($"{path}: no safetensors file, or truncated: its header must be at most {Math.Min(left, MaxHeader)} bytes, got {length}");
        var json = new byte[length];
        stream.ReadExactly(json);
        var header = SafetensorsHeader.Read(json, path, left - (long)length);
        return new SafetensorsContent(
            [.. header.Tensors.Select(tensor => new NamedTensor<float>(tensor.Name, [.. tensor.Shape], Values(stream, (tensor.End - tensor.Start) / sizeof(float))))],
            header.Metadata);
    }

    // The tensors lie one after the other.
    private static float[] Values(FileStream stream, long count)
    {
        var values = new float[count];
        for (var start = 0; start < values.Length; start += ChunkElements)
        {
            var chunk = values.AsSpan(start, Math.Min(ChunkElements, values.Length - start));
            stream.ReadExactly(MemoryMarshal.AsBytes(chunk));
            if (BitConverter.IsLittleEndian) continue;
            foreach (ref var bits in MemoryMarshal.Cast<float, int>(chunk)) bits = BinaryPrimitives.ReverseEndianness(bits);
        }

        return values;
    }

    private static byte[] Header(IReadOnlyList<NamedTensor<float>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();

            var start = 0L;
            foreach (var tensor in tensors)
            {
                var end = start + ((long)sizeof(float) * tensor.Values.Length);
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(start);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                start = end;
            }

            json.WriteEndObject();
        }

        while (stream.Length % Alignment != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }
}
