using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Output;

/// <summary>Reads safetensors with tensors of type F32; every length and offset is checked.</summary>
public static class SafetensorsReader
{
    // The format's own limit.
    private const int MaxHeader = 100_000_000;

    private const int ChunkElements = 1 << 20;

    /// <summary>Reads tensors and metadata.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">The file cannot be read, is malformed, or has tensors of another type.</exception>
    public static SafetensorsContent Read(string path) => RunFileException.Wrap(path, () =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!stream.CanSeek) throw new RunFileException($"{path}: must be a regular file, whose length is known");
        return Read(stream, path);
    });

    private static SafetensorsContent Read(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw new RunFileException($"{path}: truncated: must begin with the header's length, {sizeof(ulong)} bytes");
        var (length, left) = (BinaryPrimitives.ReadUInt64LittleEndian(prefix), stream.Length - prefix.Length);
        if (length > (ulong)Math.Min(left, MaxHeader))
            throw new RunFileException($"{path}: no safetensors file, or truncated: its header should have {length} bytes, {left} follow");
        var json = new byte[length];
        stream.ReadExactly(json);
        var header = SafetensorsHeader.Read(json, path, left - (long)length);
        // The data of the tensors lie one after the other.
        var tensors = header.Tensors.Select(tensor => new NamedTensor<float>(tensor.Name, tensor.Shape, Values(stream, (tensor.End - tensor.Start) / sizeof(float))));
        return new SafetensorsContent([.. tensors], header.Metadata);
    }

    private static float[] Values(FileStream stream, long count)
    {
        var values = new float[count];
        for (var start = 0; start < values.Length; start += ChunkElements)
        {
            // A span counts its bytes in an int, so in chunks.
            var chunk = values.AsSpan(start, Math.Min(ChunkElements, values.Length - start));
            stream.ReadExactly(MemoryMarshal.AsBytes(chunk));
            if (BitConverter.IsLittleEndian) continue;
            foreach (ref var bits in MemoryMarshal.Cast<float, int>(chunk)) bits = BinaryPrimitives.ReverseEndianness(bits);
        }

        return values;
    }
}
