using System.Globalization;
using System.Text;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Tests.Formats;

public sealed class NpyFileTests : IDisposable
{
    private const string Dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-npy-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "a.npy");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 3, 4 })]
    [InlineData(new[] { 2, 0, 4 })]
    [InlineData(new[] { 2, 1, 3, 2 })]
    public void What_is_written_is_read(int[] shape)
    {
        Check(i => (i - 3.5f) / 7);
        Check(i => (i - 3.5) / 7);
        Check(i => (i - 3) * 100_000_007);
        Check(i => (i - 3) * 10_000_000_000_007);

        void Check<T>(Func<int, T> value)
            where T : unmanaged
        {
            T[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(value)];
            NpyFile.Write<T>(Path, values, shape);
            var array = NpyFile.Read<T>(Path);
            array.Shape.ShouldBe(shape);
            array.Values.ShouldBe(values);
            var length = new FileInfo(Path).Length;
            ((length - System.Buffer.ByteLength(values)) % 64).ShouldBe(0);
        }
    }

    [Fact]
    public void The_bytes_are_NumPys()
    {
        NpyFile.Write<float>(Path, [1, -2, 0.5f], 3);
        File.ReadAllBytes(Path).ShouldBe(
        [
            0x93, .. "NUMPY"u8, 1, 0, 118, 0,
            .. Encoding.ASCII.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".PadRight(117)), (byte)'\n',
            0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f,
        ]);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}")]
    [InlineData("{\"shape\": (2L, 3L,), \"descr\": \"<f4\", \"fortran_order\": False}")]
    [InlineData("  {'descr':'<f4','fortran_order':False,'shape':(2,3)}\n\n")]
    public void Any_way_to_write_the_header_is_read_in_all_versions(string dictionary)
    {
        foreach (var major in new byte[] { 1, 2, 3 })
        {
            WriteRaw(dictionary, 24, major);
            NpyFile.Read<float>(Path).Shape.ShouldBe([2, 3]);
        }
    }

    [Fact]
    public void A_row_is_what_lies_at_one_outermost_index()
    {
        var array = new NpyArray<int>([3, 2], [1, 2, 3, 4, 5, 6]);
        array[1].ToArray().ShouldBe([3, 4]);
    }

    [Theory]
    [InlineData("<f8", "dtype must be float32 ('<f4'), got float64 ('<f8')")]
    [InlineData(">f4", "dtype must be float32 ('<f4'), got big-endian float32 ('>f4')")]
    [InlineData("<f2", "dtype must be float32 ('<f4'), got float16 ('<f2')")]
    [InlineData("|u1", "dtype must be float32 ('<f4'), got uint8 ('|u1')")]
    [InlineData("|b1", "dtype must be float32 ('<f4'), got bool ('|b1')")]
    [InlineData("<U5", "dtype must be float32 ('<f4'), got text ('<U5')")]
    [InlineData("|O", "dtype must be float32 ('<f4'), got another type ('|O')")]
    [InlineData("", "dtype must be float32 ('<f4'), got another type ('')")]
    public void Another_type_is_refused_with_the_line_that_mends_it(string descr, string expected)
    {
        WriteRaw($"{{'descr': '{descr}', 'fortran_order': False, 'shape': (2, 3), }}", 24);
        Refuse(expected + (descr is [_, 'f' or 'u' or 'b', ..] ? $"; mend it with numpy.save('{Path}', numpy.load('{Path}').astype('<f4'))" : ""));
    }

    [Fact]
    public void A_structured_type_is_refused()
    {
        WriteRaw("{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", 48);
        Refuse("dtype must be float32 ('<f4'), got a structured type");
    }

    [Fact]
    public void Fortran_order_is_refused()
    {
        WriteRaw("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24);
        Refuse($"must be in C order, got Fortran order; mend it with numpy.save('{Path}', numpy.ascontiguousarray(numpy.load('{Path}')))");
    }

    [Theory]
    [InlineData("(6,)")]
    [InlineData("(1, 6)")]
    [InlineData("(1, 6, 1)")]
    [InlineData("()", 4)]
    [InlineData("(2, 0, 3)", 0)]
    public void Fortran_order_is_read_if_it_is_the_same_as_C_order(string shape, int bytes = 24)
    {
        WriteRaw($"{{'descr': '<f4', 'fortran_order': True, 'shape': {shape}, }}", bytes);
        NpyFile.Read<float>(Path).Values.Length.ShouldBe(bytes / 4);
    }

    [Fact]
    public void What_is_no_regular_file_is_refused_without_waiting()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no pipes and devices in folders.");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path])) mkfifo.WaitForExit();
        Refuse("must be a regular file with content; it is empty, a pipe or a device");
        File.Delete(Path);
        File.CreateSymbolicLink(Path, "/dev/zero");
        Refuse("must be a regular file with content; it is empty, a pipe or a device");
        File.Delete(Path);
        File.CreateSymbolicLink(Path, $"{Path}.other");
        File.WriteAllText($"{Path}.other", "1,2,3\n");
        Refuse("not a NumPy file: must begin with \\x93NUMPY");
    }

    [Theory]
    [InlineData(0, "truncated: data must be 24 bytes, shape (2, 3) of float32, got 0")]
    [InlineData(23, "truncated: data must be 24 bytes, shape (2, 3) of float32, got 23")]
    [InlineData(28, "too long: data must be 24 bytes, shape (2, 3) of float32, got 28")]
    public void Another_length_is_refused(int bytes, string expected)
    {
        WriteRaw(Dictionary, bytes);
        Refuse(expected);
    }

    // No header makes the reader allocate: the length of the file decides first.
    [Theory]
    [InlineData("(2000000000,)", "truncated: data must be 8000000000 bytes, shape (2000000000,) of float32, got 24")]
    [InlineData("(2147483647,)", "shape must hold at most 2147483591 elements, got '(2147483647,)'")]
    [InlineData("(4294967296, 4294967296)", "shape must hold at most 2147483591 elements, got '(4294967296, 4294967296)'")]
    [InlineData("(0, 9999999999)", "shape must hold at most 2147483591 elements, got '(0, 9999999999)'")]
    public void A_huge_shape_is_refused(string shape, string expected)
    {
        WriteRaw($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}", 24);
        Refuse(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)")]
    [InlineData("{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}")]
    [InlineData("{'descr': <f4, 'fortran_order': False, 'shape': (2, 3)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': 6}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3.0)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,, 3)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (,)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}")]
    public void A_malformed_header_is_refused(string dictionary)
    {
        WriteRaw(dictionary, 24);
        Message().ShouldStartWith($"{Path}: header must be {{'descr': ..., 'fortran_order': ..., 'shape': ...}}, got ");
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Refuse("no such file");
        File.WriteAllText(Path, "");
        Refuse("must be a regular file with content; it is empty, a pipe or a device");
        File.WriteAllText(Path, "1,2,3\n4,5,6\n");
        Refuse("not a NumPy file: must begin with \\x93NUMPY");
        WriteRaw(Dictionary, 24, major: 4);
        Refuse("format version must be 1.0, 2.0 or 3.0, got 4.0");
        WriteRaw(Dictionary, 24);
        Truncate(9);
        Refuse("truncated: ends before its header");
        WriteRaw(Dictionary, 24);
        Truncate(30);
        Refuse($"truncated: header must be {Dictionary.Length} bytes, got 20");
        File.WriteAllBytes(Path, [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255]);
        Refuse("header must be at most 65536 bytes, got 4294967295");
        Should.Throw<UnreadableFileException>(() => NpyFile.Read<float>(_folder.FullName)).Message.ShouldBe($"{_folder.FullName}: is a folder; name a file");
    }

    [Fact]
    public void Another_shape_is_refused()
    {
        WriteRaw(Dictionary, 24);
        NpyFile.Read<float>(Path, "rows x columns", 2, 3).Values.Length.ShouldBe(6);
        Should.Throw<UnreadableFileException>(() => NpyFile.Read<float>(Path, "rows x columns", 3, 2)).Message
            .ShouldBe($"{Path}: shape must be (3, 2), rows x columns, got (2, 3); mend it with numpy.save('{Path}', numpy.load('{Path}').reshape((3, 2)))");
        Should.Throw<UnreadableFileException>(() => NpyFile.Read<float>(Path, "all", 6)).Message.ShouldBe($"{Path}: shape must be (6,), all, got (2, 3); mend it with numpy.save('{Path}', numpy.load('{Path}').reshape((6,)))");
    }

    [Fact]
    public void Shape_and_values_must_fit_to_be_written() => Should.Throw<ArgumentException>(() => NpyFile.Write<int>(Path, [1, 2, 3], 2, 2));

    // Whatever bytes change, it is an array or one line.
    [Fact]
    public void Damage_gives_one_line()
    {
        WriteRaw(Dictionary, 24);
        var whole = File.ReadAllBytes(Path);
        for (var i = 0; i < whole.Length; i++)
        {
            foreach (var value in new byte[] { 0, (byte)'\n', (byte)'\'', (byte)'9', (byte)'(', 255 })
            {
                var damaged = (byte[])whole.Clone();
                damaged[i] = value;
                File.WriteAllBytes(Path, damaged);
                try
                {
                    NpyFile.Read<float>(Path);
                }
                catch (UnreadableFileException e)
                {
                    e.Message.Any(char.IsControl).ShouldBeFalse(string.Create(CultureInfo.InvariantCulture, $"byte {i} = {value}"));
                }
            }
        }
    }

    private void WriteRaw(string dictionary, int dataBytes, byte major = 1)
    {
        byte[] size = major == 1 ? [(byte)dictionary.Length, 0] : [(byte)dictionary.Length, 0, 0, 0];
        File.WriteAllBytes(Path, [0x93, .. "NUMPY"u8, major, 0, .. size, .. Encoding.ASCII.GetBytes(dictionary), .. new byte[dataBytes]]);
    }

    private void Truncate(int length) => File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..length]);

    private void Refuse(string expected) => Message().ShouldBe($"{Path}: {expected}");

    private string Message() => Should.Throw<UnreadableFileException>(() => NpyFile.Read<float>(Path)).Message;
}
