using System.IO.Compression;
using System.Text;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Tests.Data;

namespace MoeOrleans.Compute.Tests.Formats;

/// <summary>Whatever a file or a text holds, it is read or refused, in bounded time and memory.</summary>
public sealed class FuzzTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-fuzz-");

    private string File => Path.Combine(_folder.FullName, "input");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Npy_files()
    {
        Fuzzing.Run<UnreadableFileException>(
            [
                Written(() => NpyFile.Write<float>(File, [1, 2, 3, 4, 5, 6], 2, 3)),
                Written(() => NpyFile.Write<float>(File, [1], 1)),
                Npy("{'shape': (2L,), \"descr\": '<f4', 'fortran_order': True}", 3, new byte[8]),
            ],
            ReadNpy);
    }

    [Fact]
    public void Arrays_of_any_type_and_order()
    {
        Fuzzing.Run<UnreadableFileException>(
            [.. ((string[])["|u1", "<f2", ">f8", "<i8", "|b1"]).Select(type => RawFiles.Npy(type, "(2, 3)", RawFiles.Bytes(type, [1, 0, 1, 0, 1, 1]), fortran: true))],
            input => ReadNumbers(input, () => NpyReader.OpenNumbers(File)));
    }

    [Fact]
    public void Npz_files()
    {
        var array = RawFiles.Npy("<f4", "(2, 3)", new byte[24]);
        Fuzzing.Run<UnreadableFileException>(
            [RawFiles.Npz(CompressionLevel.Optimal, ("train_x", array)), RawFiles.Npz(CompressionLevel.NoCompression, ("train_x", array))],
            input => ReadNumbers(input, () => NpzFile.Open(File, NpzFile.Names(File).FirstOrDefault("train_x"))));
    }

    [Fact]
    public void Idx_files()
    {
        byte[] plain = [.. RawFiles.Idx(8, [2, 3], [1, 2, 3, 4, 5, 6])];
        Fuzzing.Run<UnreadableFileException>([plain, RawFiles.Gzip(plain), RawFiles.Gzip(RawFiles.Idx(13, [3], new byte[12]))], input => ReadNumbers(input, () => IdxFile.Open(File)));
    }

    [Fact]
    public void Csv_files()
    {
        Fuzzing.Run<UnreadableFileException>(["a,\"b\",label\n1,2.5,0\r\n\"3\",-1e3,1\n"u8.ToArray(), "\ufeffx;y\n1;2\n\n"u8.ToArray(), "label\tx\ncat\t1"u8.ToArray()], ReadCsv);
        Fuzzing.Check<UnreadableFileException>([.. "a,b\n"u8, .. Enumerable.Repeat((byte)'"', 10_000_000)], ReadCsv);
        Fuzzing.Check<UnreadableFileException>([.. "\""u8, .. Enumerable.Repeat((byte)'\n', 10_000_000)], ReadCsv);
        Fuzzing.Check<UnreadableFileException>([.. Enumerable.Repeat((byte)',', 300_000)], ReadCsv);
    }

    [Fact]
    public void Safetensors_files()
    {
        Fuzzing.Run<UnreadableFileException>(
            [
                Safetensors("""{"__metadata__":{"text":"\u00fc"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}""", 12),
                Safetensors("""{"__metadata__":null,"none":{"dtype":"F32","shape":[0,4],"data_offsets":[0,0]}} """, 0),
            ],
            ReadSafetensors);
    }

    [Fact]
    public void Specifications() => Fuzzing.Run<SpecificationException>(
        [
            Encoding.UTF8.GetBytes(RunSpecJson.Write(new RunSpec())),
            """{"model": {"experts": 4}, "data": {"alpha": [0.5, 2], }, /* why */ "training": {"steps": 1e2}}"""u8.ToArray(),
        ],
        ReadSpecification);

    // 292 bytes: a regular expression tried 2^n ways to split the spaces.
    [Fact]
    public void A_header_of_many_spaces_and_fields_is_refused_at_once()
    {
        var fields = string.Concat(Enumerable.Repeat("'a':1,    ", 27));
        Fuzzing.Check<UnreadableFileException>(Npy($"{{{fields}", 1, []), ReadNpy);
        Fuzzing.Check<UnreadableFileException>(Npy($"{{'descr': {new string('[', 65_000)}", 2, []), ReadNpy);
        Fuzzing.Check<UnreadableFileException>(Npy($"{{'shape': ({string.Concat(Enumerable.Repeat("1,", 32_000))}", 2, []), ReadNpy);
    }

    [Theory]
    [InlineData("{\"a\":[", "0,", 20_000_000)]
    [InlineData("{", "\"a\":0,", 600_000)]
    [InlineData("{\"__metadata__\":{", "\"k\":\"\",", 500_000)]
    [InlineData("{\"", "n", 4_000_000)]
    [InlineData("", "[", 4_000_000)]
    [InlineData("", " ", 4_000_000)]
    public void A_huge_safetensors_header_costs_no_multiple_of_itself(string start, string repeated, int times) =>
        Fuzzing.Check<UnreadableFileException>(Safetensors(start + string.Concat(Enumerable.Repeat(repeated, times)), 0), ReadSafetensors);

    [Fact]
    public void A_safetensors_header_of_as_many_tensors_as_fit_is_read_in_bounds()
    {
        var header = new StringBuilder("{");
        while (header.Length < (1 << 22) - 200) header.Append(null, $"\"{header.Length}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}},");
        Fuzzing.Check<UnreadableFileException>(Safetensors($"{header.ToString().TrimEnd(',')}}}", 4), ReadSafetensors);
    }

    [Theory]
    [InlineData("{", " ", 1_000_000, "")]
    [InlineData("{\"data\":[", "NaN ", 250_000, "")]
    [InlineData("{\"data\":[", "NaN, ", 200_000, "]}")]
    [InlineData("{\"", "x", 1_000_000, "\":1}")]
    [InlineData("{\"recipe\":\"", "x", 1_000_000, "\"}")]
    [InlineData("{\"data\":{\"alpha\":[", "1,", 500_000, "1]}}")]
    [InlineData("", "[", 1_000_000, "")]
    [InlineData("", "{\"data\":", 130_000, "")]
    [InlineData("{\"data\":{\"seed\":", "9", 1_000_000, "}}")]
    [InlineData("", "x", 2_000_000, "")]
    public void A_long_specification_is_refused_at_once(string start, string repeated, int times, string end) =>
        Fuzzing.Check<SpecificationException>(Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, times)) + end), ReadSpecification);

    private static byte[] Npy(string header, byte major, byte[] data)
    {
        var size = BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, major, 0, .. major == 1 ? size[..2] : size, .. Encoding.UTF8.GetBytes(header), .. data];
    }

    private static byte[] Safetensors(string header, int data) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[data]];

    private static void ReadSpecification(byte[] input) => RunSpecJson.Parse(Encoding.UTF8.GetString(input), "input");

    private void ReadNpy(byte[] input)
    {
        System.IO.File.WriteAllBytes(File, input);
        NpyFile.Read<float>(File);
    }

    private void ReadNumbers(byte[] input, Func<NumberReader> open)
    {
        System.IO.File.WriteAllBytes(File, input);
        using var reader = open();
        if (reader.Type.IsInteger) reader.Read<long>();
        else reader.Singles();
    }

    private void ReadCsv(byte[] input)
    {
        System.IO.File.WriteAllBytes(File, input);
        CsvFile.Read(File, new CsvLabels(["label", "class"], 4095, ["cat", "dog"]));
    }

    private void ReadSafetensors(byte[] input)
    {
        System.IO.File.WriteAllBytes(File, input);
        SafetensorsReader.Read(File);
    }

    private byte[] Written(Action write)
    {
        write();
        return System.IO.File.ReadAllBytes(File);
    }
}
