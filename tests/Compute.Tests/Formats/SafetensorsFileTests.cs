using System.Runtime.InteropServices;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Tests.Formats;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a longer text with \"quotes\" and ü")]
    public void Tensors_and_metadata_read_back(string text)
    {
        NamedTensor<float>[] written = [new("a", [2, 3], [1, -2, 3.5f, float.NaN, float.Epsilon, -0f]), new("b", [], [7]), new("none", [0, 4], [])];
        using var stream = new MemoryStream();

        SafetensorsFile.Write(stream, written, new Dictionary<string, string> { ["text"] = text });

        var (tensors, metadata, data) = RawSafetensors.Read(stream.ToArray());
        metadata.ShouldBe(new Dictionary<string, string> { ["text"] = text });
        tensors.Select(tensor => tensor.Name).ShouldBe(["a", "b", "none"]);
        for (var i = 0; i < written.Length; i++)
        {
            tensors[i].Shape.ShouldBe(written[i].Shape);
            var bytes = data[(int)tensors[i].Offsets[0]..(int)tensors[i].Offsets[1]];
            bytes.ShouldBe(MemoryMarshal.AsBytes<float>(written[i].Values).ToArray());
        }

        data.Length.ShouldBe(7 * sizeof(float));
    }
}
