using System.Buffers.Binary;
using System.Text;
using CsCheck;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Tests.Formats;

public sealed class SafetensorsReaderTests : IDisposable
{
    private static readonly NamedTensor<float>[] Tensors = [new("a", [2, 3], [1, -2, 3.5f, float.MaxValue, float.Epsilon, -0f]), new("none", [0, 4], []), new("b", [], [7])];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-safetensors-");

    private string File => Path.Combine(_folder.FullName, "w.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        Write();
        var (tensors, metadata) = SafetensorsReader.Read(File);
        metadata.ShouldBe(new Dictionary<string, string> { ["text"] = "ü" });
        tensors.Select(tensor => tensor.Name).ShouldBe(["a", "none", "b"]);
        foreach (var (written, read) in Tensors.Zip(tensors))
        {
            read.Shape.ShouldBe(written.Shape);
            read.Values.Select(BitConverter.SingleToInt32Bits).ShouldBe(written.Values.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData("{}", 4, "must hold 0 bytes of data as its header says, got 4")]
    [InlineData("[]", 0, "no safetensors file: its header must be an object")]
    [InlineData("{", 0, "no safetensors file: its header is not valid JSON (line 1, column 2)")]
    [InlineData("""{"a": 3}""", 0, "'a' must be an object with dtype, shape and two data_offsets")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1]}}""", 4, "'a' must be an object with dtype, shape and two data_offsets")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "'a' must be an object with dtype, shape and two data_offsets")]
    [InlineData("""{"a": {"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'a' must be an object with dtype, shape and two data_offsets")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "'a' must be an object with dtype, shape and two data_offsets")]
    [InlineData("""{"a": {"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "'a': dtype must be F32, got 'F16'")]
    [InlineData("""{"a": {"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "'a': data_offsets must be 8 bytes apart for its shape, got 4")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 4, "'a': data_offsets must lie in the 4 bytes of data, got 4 to 8")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "'a': data_offsets must lie in the 4 bytes of data, got 4 to 0")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "the data of 'a' must begin at 0, where those before it end, got 4")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "b": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "the data of 'b' must begin at 4, where those before it end, got 0")]
    [InlineData("""{"a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "a": {"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "no safetensors file: its header names 'a' twice")]
    [InlineData("""{"a": {"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "'a': shape must hold at most 2147483591 elements")]
    [InlineData("""{"a": {"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "no safetensors file: its header has a name twice in 'a'")]
    [InlineData("""{"__metadata__": {"k": 1}}""", 0, "__metadata__ must be an object of texts")]
    public void A_header_that_does_not_fit_its_data_is_one_line(string header, int data, string expected)
    {
        WriteRaw(header, data);
        Refuses(expected);
    }

    [Fact]
    public void Metadata_may_be_null()
    {
        WriteRaw("""{"__metadata__": null, "a": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4);
        var (tensors, metadata) = SafetensorsReader.Read(File);
        tensors.ShouldHaveSingleItem().Name.ShouldBe("a");
        metadata.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_file_or_truncated_is_one_line()
    {
        Refuses("no such file");
        System.IO.File.WriteAllBytes(File, [1, 2, 3]);
        Refuses("truncated: must begin with the header's length, 8 bytes");
        System.IO.File.WriteAllBytes(File, [.. Enumerable.Repeat((byte)255, 20)]);
        Refuses("no safetensors file, or truncated: its header should have 18446744073709551615 bytes, 12 follow");
        Write();
        using (var stream = System.IO.File.OpenWrite(File)) stream.SetLength(stream.Length - 1);
        Refuses("'b': data_offsets must lie in the 27 bytes of data, got 24 to 28");
    }

    [Fact]
    public void Any_damage_is_refused_in_one_line_or_read()
    {
        Write();
        var valid = System.IO.File.ReadAllBytes(File);
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte, Gen.Int[0, 3]).Sample(
            (at, value, cut) =>
            {
                byte[] damaged = [.. valid[..at], value, .. valid[Math.Min(at + cut, valid.Length)..]];
                System.IO.File.WriteAllBytes(File, damaged);
                try
                {
                    SafetensorsReader.Read(File).Tensors.Sum(tensor => tensor.Values.Length).ShouldBe(7);
                }
                catch (UnreadableFileException refusal)
                {
                    refusal.Message.Any(char.IsControl).ShouldBeFalse(refusal.Message);
                }
            },
            iter: 1500,
            threads: 1);
    }

    private void Write()
    {
        using var stream = System.IO.File.Create(File);
        SafetensorsFile.Write(stream, Tensors, new Dictionary<string, string> { ["text"] = "ü" });
    }

    private void WriteRaw(string header, int data)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - 8 - data));
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        System.IO.File.WriteAllBytes(File, bytes);
    }

    private void Refuses(string expected)
    {
        var message = Should.Throw<UnreadableFileException>(() => SafetensorsReader.Read(File)).Message;
        var parts = $"{File}: {expected}".Split('*');
        message.ShouldStartWith(parts[0]);
        message.ShouldEndWith(parts[^1]);
        if (parts.Length == 1) message.ShouldBe(parts[0]);
        message.Any(char.IsControl).ShouldBeFalse();
    }
}
