using System.Buffers.Binary;
using System.Text.Json;

namespace MoeOrleans.Tests;

/// <summary>Reads safetensors by its specification, apart from the writer.</summary>
internal static class RawSafetensors
{
    public static (IReadOnlyList<(string Name, int[] Shape, long[] Offsets)> Tensors, Dictionary<string, string> Metadata, byte[] Data) Read(string path) =>
        Read(File.ReadAllBytes(path));

    public static (IReadOnlyList<(string Name, int[] Shape, long[] Offsets)> Tensors, Dictionary<string, string> Metadata, byte[] Data) Read(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        (length % 8).ShouldBe(0);
        using var header = JsonDocument.Parse(file.AsMemory(8, length));
        var tensors = new List<(string, int[], long[])>();
        var metadata = new Dictionary<string, string>();
        foreach (var member in header.RootElement.EnumerateObject())
        {
            if (member.Name == "__metadata__")
            {
                metadata = member.Value.Deserialize<Dictionary<string, string>>()!;
                continue;
            }

            member.Value.GetProperty("dtype").GetString().ShouldBe("F32");
            tensors.Add((member.Name, member.Value.GetProperty("shape").Deserialize<int[]>()!, member.Value.GetProperty("data_offsets").Deserialize<long[]>()!));
        }

        return (tensors, metadata, file[(8 + length)..]);
    }
}
