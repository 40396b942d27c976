using System.IO.Compression;
using MoeOrleans.Compute.Data;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>Whatever form data come in, they are the same data, or are refused with the line that mends them.</summary>
public sealed class FormsTests : IDisposable
{
    private const string Mend = "; number them from 0, the same in both sets: numpy.searchsorted(numpy.unique(train_y), y) does";

    // Values that every type holds.
    private static readonly double[] TrainX = [.. Enumerable.Range(0, 5 * 2 * 3).Select(i => (double)((i * 7) % 19))];
    private static readonly double[] TestX = [.. Enumerable.Range(0, 4 * 2 * 3).Select(i => (double)((i * 5) % 17))];
    private static readonly double[] TrainY = [0, 2, 1, 0, 2];
    private static readonly double[] TestY = [1, 0, 2, 1];

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("<f2", false)]
    [InlineData("<f8", false)]
    [InlineData(">f2", false)]
    [InlineData(">f4", false)]
    [InlineData(">f8", false)]
    [InlineData("<f4", true)]
    [InlineData(">f8", true)]
    public void Inputs_of_any_floating_point_type_and_order_are_the_same_data(string descr, bool fortran)
    {
        WriteArrays();
        var (expected, note) = (Hash(), fortran ? " in Fortran order" : "");
        Write("train_x.npy", descr, "(5, 2, 3)", fortran ? Fortran(TrainX, 5, 2, 3) : TrainX, fortran);
        Write("test_x.npy", descr, "(4, 2, 3)", fortran ? Fortran(TestX, 4, 2, 3) : TestX, fortran);

        var files = FileData.Read(_folder.Path);

        files.Specification.Sha256.ShouldBe(expected);
        var type = $"{(descr[0] == '>' ? "big-endian " : "")}float{8 * (descr[2] - '0')}";
        files.Conversions.ShouldBe([
            $"train_x.npy: {type} (5, 2, 3){note} to 2 x 3 (patches x dim) float32",
            $"test_x.npy: {type} (4, 2, 3){note} to 2 x 3 (patches x dim) float32"]);
    }

    [Fact]
    public void Bytes_are_images_divided_by_255_in_one_patch()
    {
        WriteArrays();
        Write("train_x.npy", "<f4", "(5, 1, 6)", TrainX.Select(value => (double)((float)value / 255f)));
        Write("test_x.npy", "<f4", "(4, 1, 6)", TestX.Select(value => (double)((float)value / 255f)));
        var expected = Hash();
        Write("train_x.npy", "|u1", "(5, 2, 3)", TrainX);
        Write("test_x.npy", "|u1", "(4, 2, 3)", Fortran(TestX, 4, 2, 3), fortran: true);

        var files = FileData.Read(_folder.Path);

        files.Specification.Sha256.ShouldBe(expected);
        files.Conversions[0].ShouldBe("train_x.npy: uint8 (5, 2, 3) to 1 x 6 (patches x dim) float32, divided by 255");
    }

    [Theory]
    [InlineData("(5, 6)", "(4, 6)")]
    [InlineData("(5, 1, 2, 3)", "(4, 2, 3, 1)")]
    public void Other_shapes_become_one_patch_and_stay_mapped(string train, string test)
    {
        WriteArrays();
        Write("train_x.npy", "<f4", "(5, 1, 6)", TrainX);
        Write("test_x.npy", "<f4", "(4, 1, 6)", TestX);
        var expected = Hash();
        Write("train_x.npy", "<f4", train, TrainX);
        Write("test_x.npy", "<f4", test, TestX);

        var files = FileData.Read(_folder.Path);

        files.Specification.Sha256.ShouldBe(expected);
        files.Conversions.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("|i1")]
    [InlineData("|u1")]
    [InlineData("<u2")]
    [InlineData(">i2")]
    [InlineData("<u4")]
    [InlineData(">i4")]
    [InlineData("<u8")]
    [InlineData(">i8")]
    public void Labels_of_any_whole_type_and_form_are_the_same_data(string descr)
    {
        WriteArrays();
        var expected = Hash();
        Write("train_y.npy", descr, "(5,)", TrainY);
        Hash().ShouldBe(expected);
        FileData.Read(_folder.Path).Conversions.ShouldBeEmpty();
        Write("train_y.npy", descr, "(5, 1)", TrainY);
        Hash().ShouldBe(expected);
        FileData.Read(_folder.Path).Conversions.ShouldBe(["train_y.npy: (5, 1) to (5,)"]);
        Write("train_y.npy", descr, "(5, 3)", OneHot(TrainY));
        Hash().ShouldBe(expected);
        FileData.Read(_folder.Path).Conversions.ShouldBe(["train_y.npy: one-hot (5, 3) to classes"]);
        Write("test_y.npy", "<f4", "(4, 3)", Fortran(OneHot(TestY), 4, 3), fortran: true);
        Hash().ShouldBe(expected);
    }

    [Theory]
    [InlineData("-", "")]
    [InlineData("-", ".gz")]
    [InlineData(".", ".gz")]
    public void IDX_files_are_the_same_data(string dot, string suffix)
    {
        var expected = HashOfBytes();
        foreach (var (set, count, x, y) in new[] { ("train", 5, TrainX, TrainY), ("t10k", 4, TestX, TestY) })
        {
            Idx($"{set}-images{dot}idx3-ubyte{suffix}", RawFiles.Idx(8, [count, 2, 3], RawFiles.Bytes("|u1", x)));
            Idx($"{set}-labels{dot}idx1-ubyte{suffix}", RawFiles.Idx(8, [count], RawFiles.Bytes("|u1", y)));
        }

        var files = FileData.Read(_folder.Path);

        files.Specification.Sha256.ShouldBe(expected);
        files.Conversions[0].ShouldBe($"train-images{dot}idx3-ubyte{suffix}: uint8 (5, 2, 3) to 1 x 6 (patches x dim) float32, divided by 255");
        FileData.ReadTest(_folder.Path).Samples.Labels.ShouldBe([1, 0, 2, 1]);
        var one = FileData.ReadInputs(_folder.At($"t10k-images{dot}idx3-ubyte{suffix}")).Samples;
        one.Inputs.Span.ShouldHaveTheBitsOf(files.Data.Test.Inputs.Span, "inputs of one file");

        void Idx(string file, byte[] content) => File.WriteAllBytes(_folder.At(file), suffix.Length > 0 ? RawFiles.Gzip(content) : content);
    }

    [Theory]
    [InlineData("train_x", "test_y", CompressionLevel.NoCompression)]
    [InlineData("x_train", "y_test", CompressionLevel.Optimal)]
    public void An_npz_file_is_the_same_data(string trainX, string testY, CompressionLevel level)
    {
        var expected = HashOfBytes();
        (string, byte[])[] arrays =
        [
            (trainX, RawFiles.Npy("|u1", "(5, 2, 3)", RawFiles.Bytes("|u1", TrainX))), ("train_y", RawFiles.Npy("|u1", "(5,)", RawFiles.Bytes("|u1", TrainY))),
            ("test_x", RawFiles.Npy("|u1", "(4, 2, 3)", RawFiles.Bytes("|u1", TestX))), (testY, RawFiles.Npy("<i8", "(4, 1)", RawFiles.Bytes("<i8", TestY))),
        ];
        File.WriteAllBytes(_folder.At("mnist.npz"), RawFiles.Npz(level, arrays));
        Hash().ShouldBe(expected);
        FileData.ReadInputs(_folder.At("mnist.npz")).Samples.Count.ShouldBe(4);

        File.WriteAllBytes(_folder.At("mnist.npz"), RawFiles.Npz(level, arrays[..3]));
        Refuses($"{_folder.At("mnist.npz")}: test_y: no such array; a folder of data needs train_x.npy, train_y.npy, test_x.npy and test_y.npy, or the same as IDX, .npz or CSV files");
        File.WriteAllBytes(_folder.At("mnist.npz"), RawFiles.Npz(level, [.. arrays[..3], ("test_y", RawFiles.Npy("<f4", "(4,)", RawFiles.Bytes("<f4", TestY)))]));
        var path = _folder.At("mnist.npz");
        Refuses($"{path}: test_y: dtype must be of whole numbers, such as int64 ('<i8'), got float32 ('<f4'); mend it with d = dict(numpy.load('{path}')); d['test_y'] = d['test_y'].astype('<i8'); numpy.savez('{path}', **d) if its numbers are whole");
    }

    [Theory]
    [InlineData(',', "\n")]
    [InlineData(';', "\r\n")]
    [InlineData('\t', "\n")]
    public void CSV_files_are_the_same_data(char separator, string newLine)
    {
        WriteArrays();
        Write("train_x.npy", "<f4", "(5, 1, 6)", TrainX);
        Write("test_x.npy", "<f4", "(4, 1, 6)", TestX);
        var expected = Hash();
        Clear();
        Csv("train.csv", ["\"a\"", "b", "c", "Label", "d", "e", "f"], TrainX, TrainY);
        Csv("test.csv", ["a", "b", "c", "Label", "d", "e", "f"], TestX, TestY);

        var files = FileData.Read(_folder.Path);

        files.Specification.Sha256.ShouldBe(expected);
        files.Conversions[1].ShouldBe("test.csv: table (4, 6) and classes in 'Label' to 1 x 6 (patches x dim) float32");
        FileData.ReadInputs(_folder.At("test.csv")).Samples.Inputs.Span.ShouldHaveTheBitsOf(files.Data.Test.Inputs.Span, "inputs of one file");

        void Csv(string file, string[] header, double[] x, double[] y) => File.WriteAllText(
            _folder.At(file),
            string.Concat(((IEnumerable<string>)[string.Join(separator, header), .. x.Chunk(6).Zip(y, (row, label) => string.Join(separator, [.. row[..3].Select(Text), $"{label}.0", .. row[3..].Select(Text)])), ""]).Select(line => line + newLine)));

        static string Text(double value) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $" {value:e}");
    }

    [Theory]
    [InlineData("1,2\n3,4", "line 1 must be a header of column names, got '1', '2'; add it")]
    [InlineData(",a,label\n0,1,1", "column 1 has no name, as the row numbers that pandas writes; leave them out with to_csv(..., index=False)")]
    [InlineData("a,label\n1,0\n,1", "line 3, column 'a': must be a number, got ''; fill in what is missing, or leave the row out")]
    [InlineData("a,label\nred,0", "line 2, column 'a': must be a number, got 'red'; write texts as numbers first, such as with pandas.get_dummies")]
    [InlineData("a,label\n1e99,0", "line 2, column 'a': must be a number, got '1e99'; numbers must be finite as float32; replace it, or leave the row out")]
    [InlineData("a,label\nNaN,0", "line 2, column 'a': must be a number, got 'NaN'; numbers must be finite as float32; replace it, or leave the row out")]
    [InlineData("a,label\n1,setosa", "line 2, column 'label': must be a class from 0 to 4095, got 'setosa'; number the classes from 0, the same in both files, or list their names in classes.txt, one a line")]
    [InlineData("a,label\n1,0.5", "line 2, column 'label': must be a class from 0 to 4095, got '0.5'; number the classes from 0, the same in both files, or list their names in classes.txt, one a line")]
    [InlineData("a,label\n1,-1", "line 2, column 'label': must be a class from 0 to 4095, got '-1'; number the classes from 0, the same in both files, or list their names in classes.txt, one a line")]
    [InlineData("a,label\n1,0\n1,2,3", "line 3: must have 2 columns, as the header, got 3")]
    [InlineData("a,class,label\n1,0,1", "must have one column of labels, got 'class', 'label'; rename the others")]
    [InlineData("label\n1", "must have at least one column of numbers next to 'label'")]
    [InlineData("a,b,c,d,e\n1,2,3,4,5", "must have a column of classes from 0 named label or class, got 'a', 'b', 'c', 'd' and 1 more; rename it")]
    [InlineData("a,label", "must have a header of column names, and at least one row below it")]
    public void A_CSV_file_is_refused_with_the_line_that_mends_it(string train, string expected)
    {
        File.WriteAllText(_folder.At("train.csv"), train);
        File.WriteAllText(_folder.At("test.csv"), "a,label\n1,0\n");
        Refuses($"{_folder.At("train.csv")}: {expected}");
    }

    [Fact]
    public void Columns_of_both_CSV_files_are_the_same_in_order()
    {
        File.WriteAllText(_folder.At("train.csv"), "a,b,label\n1,0,1\n");
        File.WriteAllText(_folder.At("test.csv"), "label,b,a\n1,0,1\n");
        Refuses($"{_folder.At("test.csv")}: columns must be those of train.csv in the same order, got 'b' where 'a' is; reorder or rename them");
    }

    [Fact]
    public void Samples_in_two_forms_are_refused_but_NumPy_files_come_first()
    {
        File.WriteAllBytes(_folder.At("a.npz"), RawFiles.Npz(CompressionLevel.Optimal, ("train_x", RawFiles.Npy("<f4", "(1, 1)", new byte[4]))));
        File.WriteAllText(_folder.At("train.csv"), "a,label\n1,0\n");
        Refuses($"{_folder.Path}: must hold samples in one form, got a.npz and train.csv; keep one of them");
        WriteArrays();
        FileData.Read(_folder.Path).Conversions.ShouldBeEmpty();
    }

    [Fact]
    public void Values_that_cannot_be_converted_are_refused()
    {
        WriteArrays();
        Write("train_x.npy", "<f8", "(5, 2, 3)", [.. TrainX[..7], 1e300, .. TrainX[8..]]);
        Refuses($"{_folder.At("train_x.npy")}: numbers must be finite as float32, got Infinity in sample 1, patch 0, element 1; divide the inputs if they are too large for float32; otherwise replace it, or leave the sample out");
        Write("train_x.npy", "<f4", "(30,)", TrainX);
        Refuses($"{_folder.At("train_x.npy")}: shape must be (samples, patches, dim), got (30,), which says nothing of samples; mend it with numpy.save('{_folder.At("train_x.npy")}', numpy.load('{_folder.At("train_x.npy")}').reshape(-1, 1)) for samples of one number");
        WriteArrays();
        File.WriteAllBytes(_folder.At("train_y.npy"), RawFiles.Npy("<U6", "(5,)", new byte[120]));
        Refuses($"{_folder.At("train_y.npy")}: dtype must be of numbers, such as float32 ('<f4'), got text ('<U6'); save an array of numbers: of names, numpy.unique(names, return_inverse=True)[1] numbers the classes");
        Write("train_y.npy", "<i8", "(5,)", [0, 1, 1L << 40, 0, 0]);
        Refuses($"{_folder.At("train_y.npy")}: labels must be 0 to 4095, got 1099511627776 for sample 2{Mend}");
        Write("train_y.npy", "<u8", "(5,)", [0, 1, ulong.MaxValue, 0, 0]);
        Refuses($"{_folder.At("train_y.npy")}: labels must be 0 to 4095, got 9223372036854775807 for sample 2{Mend}");
        foreach (var row in (double[][])[[0, 0], [1, 1], [0.5, 0.5], [2, 0]])
        {
            Write("train_y.npy", "<f4", "(5, 2)", [0, 1, .. row, 0, 1, 0, 1, 0, 1]);
            Refuses($"{_folder.At("train_y.npy")}: shape (5, 2) must be of one-hot labels: a 1 and otherwise 0 in each row, got another row for sample 1; mend it with numpy.save('{_folder.At("train_y.npy")}', numpy.load('{_folder.At("train_y.npy")}').argmax(1)) if the largest number marks the class");
        }
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("long")]
    [InlineData("huge")]
    public void A_compressed_IDX_file_that_lies_about_its_size_is_refused(string kind)
    {
        var content = RawFiles.Idx(8, kind == "huge" ? [60_000, 1000, 30] : [5, 2, 3], RawFiles.Bytes("|u1", TrainX));
        content = kind switch { "truncated" => content[..^1], "long" => [.. content, 0], _ => content };
        File.WriteAllBytes(_folder.At("train-images-idx3-ubyte.gz"), RawFiles.Gzip(content));
        var message = Should.Throw<DataFileException>(() => FileData.ReadInputs(_folder.At("train-images-idx3-ubyte.gz"))).Message;
        message.ShouldContain(kind switch { "truncated" => "cannot be read: ", "long" => "too long: data must be 30 bytes", _ => "truncated: 1800000016 bytes cannot be in " });
    }

    private static double[] OneHot(double[] labels) => [.. labels.SelectMany(label => Enumerable.Range(0, 3).Select(k => k == label ? 1.0 : 0))];

    private static double[] Fortran(double[] values, params int[] shape)
    {
        var inner = shape[1..].Aggregate(1, (a, b) => a * b);
        return shape.Length == 2
            ? [.. Enumerable.Range(0, shape[1]).SelectMany(j => Enumerable.Range(0, shape[0]).Select(i => values[(i * inner) + j]))]
            : [.. from k in Enumerable.Range(0, shape[2]) from j in Enumerable.Range(0, shape[1]) from i in Enumerable.Range(0, shape[0]) select values[(i * inner) + (j * shape[2]) + k]];
    }

    private string HashOfBytes()
    {
        WriteArrays();
        Write("train_x.npy", "|u1", "(5, 2, 3)", TrainX);
        Write("test_x.npy", "|u1", "(4, 2, 3)", TestX);
        var hash = Hash();
        Clear();
        return hash;
    }

    private void WriteArrays()
    {
        Write("train_x.npy", "<f4", "(5, 2, 3)", TrainX);
        Write("train_y.npy", "<i4", "(5,)", TrainY);
        Write("test_x.npy", "<f4", "(4, 2, 3)", TestX);
        Write("test_y.npy", "<i4", "(4,)", TestY);
    }

    private void Write(string file, string descr, string shape, IEnumerable<double> values, bool fortran = false) =>
        File.WriteAllBytes(_folder.At(file), RawFiles.Npy(descr, shape, RawFiles.Bytes(descr, values), fortran));

    private void Clear()
    {
        foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
    }

    private string Hash() => FileData.Read(_folder.Path).Specification.Sha256;

    private void Refuses(string expected)
    {
        var message = Should.Throw<DataFileException>(() => FileData.Read(_folder.Path)).Message;
        message.Any(char.IsControl).ShouldBeFalse();
        message.ShouldBe(expected);
    }
}
