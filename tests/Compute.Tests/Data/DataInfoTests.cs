using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Data.Info;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>What a folder of data holds is described, with what is wrong and what mends it.</summary>
public sealed class DataInfoTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public DataInfoTests()
    {
        NpyFile.Write<float>(_folder.At("train_x.npy"), [.. Enumerable.Range(0, 24).Select(i => i / 4f)], 4, 2, 3);
        NpyFile.Write<float>(_folder.At("test_x.npy"), [.. Enumerable.Range(0, 12).Select(i => i / 2f)], 2, 2, 3);
        _folder.Integers("train_y.npy", [0, 1, 1, 0]);
        _folder.Integers("test_y.npy", [1, 0]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_folder_is_described_without_problems()
    {
        _folder.Integers("train_cluster.npy", [0, 1, 1, 2]);
        _folder.Integers("test_cluster.npy", [1, 1]);

        var info = DataInfo.Of(_folder.Path);

        info.Problems.ShouldBeEmpty();
        info.Conversions.ShouldBeEmpty();
        info.Sha256.ShouldBe(FileData.Read(_folder.Path).Specification.Sha256);
        info.Sets.SelectMany(set => set.Arrays).Select(array => $"{array.File} {array.Type} {string.Join('x', array.Shape)}").ShouldBe([
            "train_x.npy float32 4x2x3", "train_y.npy int32 4", "train_cluster.npy int32 4", "test_x.npy float32 2x2x3", "test_y.npy int32 2", "test_cluster.npy int32 2"]);
        var train = info.Sets[0];
        (train.Set, train.Samples, train.Patches, train.Dim, train.Min, train.Max, train.Mean, train.NotFinite).ShouldBe(("train", 4, 2, 3, 0, 5.75, 2.875, 0L));
        info.Classes.ShouldBe([new GroupInfo(0, 2, 1), new GroupInfo(1, 2, 1)]);
        info.Clusters.ShouldBe([new GroupInfo(0, 1, 0), new GroupInfo(1, 2, 2), new GroupInfo(2, 1, 0)]);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_counted()
    {
        NpyFile.Write<float>(_folder.At("test_x.npy"), [.. new float[6], float.NaN, 1, 2, 3, float.NegativeInfinity, 5], 2, 2, 3);

        var info = DataInfo.Of(_folder.Path);

        info.Problems.ShouldBe([$"{_folder.At("test_x.npy")}: 2 numbers are not finite, the first in sample 1; replace them, such as with numpy.nan_to_num, or leave these samples out; divide numbers that are too large for float32"]);
        info.Sha256.ShouldBeNull();
        info.Classes.ShouldBe([new GroupInfo(0, 2, 1), new GroupInfo(1, 2, 1)]);
        info.Sets[1].Max.ShouldBe(5);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 3, 0 }, new[] { 1, 3 }, "class 2 of 0 to 3 has no samples; number the classes from 0 without gaps|class 0: no test samples, so the test accuracy does not tell of it; move some training samples to the test set")]
    [InlineData(new[] { 0, 1, 1, 0 }, new[] { 2, 3 }, "classes 2, 3: 2 test samples, but no training samples; add training samples, or leave these test samples out|classes 0, 1: no test samples, so the test accuracy does not tell of them; move some training samples to the test set")]
    [InlineData(new[] { 0, 0, 0, 0 }, new[] { 0, 0 }, "all training samples are of one class; there is nothing to learn: add samples of others")]
    public void Classes_without_samples_are_problems(int[] train, int[] test, string expected)
    {
        _folder.Integers("train_y.npy", train);
        _folder.Integers("test_y.npy", test);
        DataInfo.Of(_folder.Path).Problems.ShouldBe(expected.Split('|'));
    }

    [Fact]
    public void Other_scales_are_problems()
    {
        NpyFile.Write<float>(_folder.At("test_x.npy"), [.. Enumerable.Range(0, 12).Select(i => i * 20f)], 2, 2, 3);
        DataInfo.Of(_folder.Path).Problems.ShouldBe([
            "test: inputs are from 0 to 220, and training expects about -1 to 1; divide them, or train with --standardize",
            "training inputs are from 0 to 5.75, test inputs from 0 to 220; scale both sets in the same way"]);
        NpyFile.Write<float>(_folder.At("test_x.npy"), new float[12], 2, 2, 3);
        DataInfo.Of(_folder.Path).Problems.ShouldContain("test: all inputs are 0, so samples cannot be told apart; check how the file was written");
    }

    [Fact]
    public void What_training_would_refuse_is_a_problem_and_the_rest_is_described()
    {
        File.Delete(_folder.At("test_y.npy"));
        _folder.Integers("train_y.npy", [0, 1, -1, 0]);

        var info = DataInfo.Of(_folder.Path);

        info.Problems.Count.ShouldBe(2);
        info.Problems[0].ShouldStartWith($"{_folder.At("train_y.npy")}: labels must be 0 to 4095, got -1 for sample 2; number them from 0");
        info.Problems[1].ShouldStartWith($"{_folder.At("test_y.npy")}: no such file; a folder of data needs ");
        info.Sets.Select(set => set.Samples).ShouldBe([4, 2]);
        info.Classes.ShouldBeEmpty();
        foreach (var file in Directory.GetFiles(_folder.Path)) File.Delete(file);
        Should.Throw<DataFileException>(() => DataInfo.Of(_folder.Path)).Message.ShouldContain("train_x.npy: no such file");
    }
}
