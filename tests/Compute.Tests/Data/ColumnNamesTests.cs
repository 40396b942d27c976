using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>The specification keeps the columns of CSV files, and a model refuses others.</summary>
public sealed class ColumnNamesTests : IDisposable
{
    private const string Expected = "columns must be those of the training data in the same order";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_are_a_label_of_the_specification()
    {
        var named = Train("a,label,b\n1,0,2\n");

        named.Columns.ShouldBe("a|b");
        var without = named with { Columns = "" };
        SpecHash.Of(new RunSpec { Data = named }).ShouldBe(SpecHash.Of(new RunSpec { Data = without }));
        var spec = new SpecificationBuilder().Set("data.source", "files", "--data").Set("data.path", named.Path, "--data").Set("training.block", "16", "--set").UseFiles(named, 2).Build();
        RunSpecJson.Parse(RunSpecJson.Write(spec), "saved").Data.ShouldBe(named);
        RunSpecJson.Write(spec with { Data = without }).ShouldNotContain("columns");
        Datasets.Load(without).Train.Count.ShouldBe(1);
        Train("c,label,d\n1,0,2\n").Columns.ShouldBe("c|d");
        Datasets.Load(named).Train.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("b,a", $"{Expected}, 'a', 'b', got 'b' where 'a' is; reorder them: data.columns of the model's specification lists them")]
    [InlineData("a,c", $"{Expected}, 'a', 'b', got 'c', but none named 'b'; rename or replace them: data.columns of the model's specification lists them")]
    [InlineData("a,b,id", $"{Expected}, 'a', 'b', got 'id' too; leave out the others: data.columns of the model's specification lists them")]
    [InlineData("b", $"{Expected}, 'a', 'b', got none named 'a'; add what is missing: data.columns of the model's specification lists them")]
    [InlineData("a,b,b", $"{Expected}, 'a', 'b', got 3 columns instead of 2; leave out or add what is twice there: data.columns of the model's specification lists them")]
    public void Other_columns_are_refused_with_the_line_that_mends_them(string header, string expected)
    {
        var trained = Train("a,b,label\n1,2,0\n");
        Write("test.csv", header);
        Refuses(trained, $"{_folder.At("test.csv")}: {expected}");
    }

    [Fact]
    public void The_same_columns_and_samples_without_names_are_accepted()
    {
        var trained = Train("a,b,label\n1,2,0\n");
        File.WriteAllText(_folder.At("test.csv"), "label;\"a\"; b\n0;1;2\n");
        FileData.ReadInputs(_folder.At("test.csv"), trained).Samples.Count.ShouldBe(1);
        FileData.ReadTest(_folder.Path, trained).Samples.Count.ShouldBe(1);
        Write("test.csv", "b,a");
        FileData.ReadInputs(_folder.At("test.csv"), trained with { Columns = "" }).Samples.Count.ShouldBe(1);
        File.WriteAllBytes(_folder.At("x.npy"), RawFiles.Npy("<f4", "(3, 1, 2)", new byte[24]));
        FileData.ReadInputs(_folder.At("x.npy"), trained).Samples.Count.ShouldBe(3);
    }

    // Wide tables are not refused, and a name may hold what the list of names cannot.
    [Theory]
    [InlineData(400, "feature")]
    [InlineData(3, "a|b")]
    [InlineData(2, "\"two\nlines\"")]
    public void What_does_not_fit_is_kept_as_a_hash(int columns, string name)
    {
        string[] names = [name, .. Enumerable.Range(1, columns - 1).Select(i => $"column {i}")];
        var trained = Train($"{string.Join(',', names)},label\n{string.Concat(Enumerable.Repeat("1,", columns))}0\n");

        trained.Columns.ShouldMatch("^sha256:[0-9a-f]{64}$");
        FileData.ReadTest(_folder.Path, trained).Samples.Dim.ShouldBe(columns);
        Write("test.csv", string.Join(',', names.Reverse()));
        Refuses(trained, $"{_folder.At("test.csv")}: {Expected}, as in '{_folder.Path}', got others or another order; reorder or rename them");
        Write("test.csv", $"{string.Join(',', names)},id");
        FileData.ReadInputs(_folder.At("test.csv"), trained).Samples.Dim.ShouldBe(columns + 1, "the command refuses the size");
    }

    [Fact]
    public void Generated_data_have_no_columns() =>
        Should.Throw<SpecificationException>(() => new SpecificationBuilder().Set("data.columns=a|b").Build()).Message
            .ShouldBe("--set data.columns: data.columns must be empty where data.source is clusters; leave it out, or set data.source to files");

    private DataSpec Train(string text)
    {
        File.WriteAllText(_folder.At("train.csv"), text);
        File.WriteAllText(_folder.At("test.csv"), text);
        return FileData.Read(_folder.Path).Specification;
    }

    private void Write(string name, string header) => File.WriteAllText(_folder.At(name), $"{header},label\n{string.Concat(Enumerable.Repeat("1,", header.Split(',').Length))}0\n");

    private void Refuses(DataSpec trained, string expected)
    {
        Should.Throw<DataFileException>(() => FileData.ReadInputs(_folder.At("test.csv"), trained)).Message.ShouldBe(expected);
        Should.Throw<DataFileException>(() => FileData.ReadTest(_folder.Path, trained)).Message.ShouldBe(expected);
    }
}
