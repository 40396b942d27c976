using System.Buffers.Binary;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Formats;

/// <summary>Reads safetensors with tensors of type F32; every length and offset is checked.</summary>
internal static class SafetensorsReader
{
    // A tensor's entry takes about 100 bytes, so 4096 experts of four tensors take 1.7 MB. The format itself allows 100 MB.
    private const int MaxHeader = 1 << 22;

    /// <summary>Reads tensors and metadata.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, is malformed, or has tensors of another type.</exception>
    public static SafetensorsContent Read(string path) => UnreadableFileException.Wrap(path, () =>
    {
        using var stream = RegularFile.Open(path);
        return Read(stream, path);
    });

    private static SafetensorsContent Read(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw new UnreadableFileException($"{path}: truncated: must begin with the header's length, {sizeof(ulong)} bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var left = stream.Length - prefix.Length;
        if (length > (ulong)left)
            throw new UnreadableFileException($"{path}: no safetensors file, or truncated: its header should have {length} bytes, {left} follow");
        if (length > MaxHeader) throw new UnreadableFileException($"{path}: its header must have at most {MaxHeader} bytes, got {length}");
        var json = new byte[length];
        stream.ReadExactly(json);
        var header = SafetensorsHeader.Read(json, path, left - (long)length);
        // The data of the tensors lie one after the other.
        var tensors = header.Tensors.Select(tensor => new NamedTensor<float>(tensor.Name, tensor.Shape, ElementStream.Read<float>(stream, (int)((tensor.End - tensor.Start) / sizeof(float)))));
        return new SafetensorsContent([.. tensors], header.Metadata);
    }
}
