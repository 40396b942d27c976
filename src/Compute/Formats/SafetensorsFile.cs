using System.Buffers.Binary;
using System.Text.Json;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Formats;

/// <summary>
/// Writes safetensors: an 8-byte little-endian header length, a JSON header padded with spaces to a multiple of 8 bytes, then
/// the tensors' little-endian bytes, one after the other in the order given.
/// </summary>
internal static class SafetensorsFile
{
    private const int Alignment = 8;

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
        foreach (var tensor in tensors) ElementStream.Write<float>(stream, tensor.Values);
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
