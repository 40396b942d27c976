using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Data.Info;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>classes.txt names the classes. Names change no bit.</summary>
public sealed class ClassNamesTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public ClassNamesTests()
    {
        File.WriteAllText(_folder.At("train.csv"), "a,b,label\n1,2,0\n3,4,1\n5,6,2\n");
        File.WriteAllText(_folder.At("test.csv"), "a,b,label\n1,2,1\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_are_a_label_of_the_specification()
    {
        var without = FileData.Read(_folder.Path).Specification;
        without.ClassNames.ShouldBe("");
        Write("T-shirt/top\r\n Trouser\r\n\u00e9t\u00e9\r\n\r\n");

        var named = FileData.Read(_folder.Path).Specification;

        ClassNames.Of(named).ShouldBe(["T-shirt/top", "Trouser", "\u00e9t\u00e9"]);
        (named with { ClassNames = "" }).ShouldBe(without);
        SpecHash.Of(new RunSpec { Data = named }).ShouldBe(SpecHash.Of(new RunSpec { Data = without }));
        RunSpecJson.Parse(RunSpecJson.Write(Build(named)), "saved").Data.ShouldBe(named);
        Datasets.Load(without).Train.Count.ShouldBe(3);
        RunSpecJson.Write(Build(without)).ShouldNotContain("classNames");
        DataInfo.Of(_folder.Path).Classes.ShouldBe([new GroupInfo(0, 1, 0, "T-shirt/top"), new GroupInfo(1, 1, 1, "Trouser"), new GroupInfo(2, 1, 0, "\u00e9t\u00e9")]);
    }

    [Fact]
    public void Labels_of_CSV_files_may_be_names()
    {
        var expected = FileData.Read(_folder.Path).Specification.Sha256;
        File.WriteAllText(_folder.At("train.csv"), "a,b,label\n1,2,cat\n3,4, dog\n5,6,2\n");
        Write("cat\ndog\n\"a\" bird\n");
        FileData.Read(_folder.Path).Specification.Sha256.ShouldBe(expected);
        FileData.ReadInputs(_folder.At("train.csv")).Samples.Count.ShouldBe(3);
        File.WriteAllText(_folder.At("test.csv"), "a,b,label\n1,2,cow\n");
        Refuses($"{_folder.At("test.csv")}: line 2, column 'label': must be a class from 0 to 4095 or a name of classes.txt, got 'cow'; add the name there, or correct it");
    }

    [Theory]
    [InlineData("a\nb\n", "must have 3 names, one a line for each class from 0, got 2; add the others")]
    [InlineData("a\n\nb\n", "line 2 must be the name of class 1, at most 100 characters without '|', got ''")]
    [InlineData("a\nb|c\nd\n", "line 2 must be the name of class 1, at most 100 characters without '|', got 'b|c'")]
    [InlineData("a\nb\na\n", "names must differ, got 'a' again in line 3")]
    public void What_is_no_name_for_each_class_is_refused(string text, string expected)
    {
        Write(text);
        Refuses($"{_folder.At("classes.txt")}: {expected}");
        DataInfo.Of(_folder.Path).Problems.ShouldContain($"{_folder.At("classes.txt")}: {expected}");
    }

    private static RunSpec Build(DataSpec data) =>
        new SpecificationBuilder().Set("data.source", "files", "--data").Set("data.path", data.Path, "--data").Set("training.block", "16", "--set").UseFiles(data, 3).Build();

    private void Write(string text) => File.WriteAllText(_folder.At("classes.txt"), text);

    private void Refuses(string expected) => Should.Throw<DataFileException>(() => FileData.Read(_folder.Path)).Message.ShouldBe(expected);
}
