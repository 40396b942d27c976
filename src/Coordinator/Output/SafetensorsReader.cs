using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Output;

/// <summary>Reads safetensors with tensors of type F32; every length and offset is checked.</summary>
public static class SafetensorsReader
{
    private const int MaxHeader = 100_000_000;

    /// <summary>Reads all tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors, in the order of their offsets.</returns>
    /// <exception cref="RunFileException">The file cannot be read, is malformed, or has tensors of another type.</exception>
    public static IReadOnlyList<NamedTensor<float>> Read(string path)
    {
        var bytes = RunFileException.Wrap(path, () => File.ReadAllBytes(path));
        try
        {
            return Read(path, bytes);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new RunFileException($"{path}: no safetensors file: its header is malformed");
        }
    }

    private static List<NamedTensor<float>> Read(string path, byte[] bytes)
    {
        if (bytes.Length < sizeof(ulong)) throw new RunFileException($"{path}: truncated: must begin with the header's length, 8 bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > MaxHeader || length > (ulong)(bytes.Length - sizeof(ulong)))
            throw new RunFileException($"{path}: no safetensors file, or truncated: its header should have {length} bytes, {bytes.Length - sizeof(ulong)} follow");
        using var header = JsonDocument.Parse(bytes.AsMemory(sizeof(ulong), (int)length));
        var data = bytes.AsSpan(sizeof(ulong) + (int)length);
        var tensors = new List<(long Start, NamedTensor<float> Tensor)>();
        foreach (var member in header.RootElement.EnumerateObject().Where(member => member.Name != "__metadata__"))
        {
            var what = $"{path}: tensor '{member.Name}'";
            if (member.Value.GetProperty("dtype").GetString() is var type && type != "F32") throw new RunFileException($"{what}: dtype must be F32, got {type}");
            var shape = member.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToImmutableArray();
            var offsets = member.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
            var expected = shape.Aggregate((long)sizeof(float), (product, size) => checked(product * size));
            if (shape.Any(size => size < 0) || offsets is not [var start, var end] || start < 0 || end > data.Length || end - start != expected)
                throw new RunFileException($"{what}: shape ({string.Join(", ", shape)}) and offsets [{string.Join(", ", offsets)}] do not fit together, or the file is truncated");
            var values = new float[expected / sizeof(float)];
            for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(data.Slice((int)start + (i * sizeof(float)), sizeof(float)));
            tensors.Add((start, new NamedTensor<float>(member.Name, shape, values)));
        }

        return [.. tensors.OrderBy(tensor => tensor.Start).Select(tensor => tensor.Tensor)];
    }
}
