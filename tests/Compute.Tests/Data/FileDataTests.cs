using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Tests.Training;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class FileDataTests
{
    private const string Mend = "; number them from 0, the same in both sets: numpy.searchsorted(numpy.unique(train_y), y) does";

    private static readonly RunSpec Spec = SmallRuns.Reference;
    private static readonly Dataset<float> Generated = ClusterData.Generate<float>(Spec.Data);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_on_exported_files_gives_the_bits_of_training_on_the_generated_data(bool wide)
    {
        using var folder = new DataFolder().With(Generated, wide: wide);
        var (data, found) = FileData.Read(folder.Path);
        var spec = Spec with { Data = found };
        RunSpecValidation.Errors(spec).ShouldBeEmpty();
        (found.Clusters, found.Dim, found.Patches, found.Train, found.Test).ShouldBe((3, 20, 4, 150, 100));
        data.Signals.ShouldBeNull();
        data.Test.Inputs.Span.ShouldHaveTheBitsOf(Generated.Test.Inputs.Span, "test inputs");
        data.Test.Labels.ShouldBe(Generated.Test.Labels);
        data.Test.Cluster.ShouldBe(Generated.Test.Cluster);

        var (fromFiles, generated) = (Train(spec, data), Train(Spec, Generated));
        fromFiles.Weights.Sha256().ShouldBe(generated.Weights.Sha256());
        fromFiles.LastStep.ShouldBe(generated.LastStep);
        fromFiles.LastCounts.ToRows().ShouldBe(generated.LastCounts.ToRows());

        static TrainingOutcome<float> Train(RunSpec spec, Dataset<float> data) => new SequentialTrainer<float>(spec, data).Run();
    }

    [Fact]
    public void The_inputs_are_the_file_itself_not_a_copy()
    {
        using var folder = new DataFolder().With(Generated);
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(FileData.Read(folder.Path).Data.Train.Inputs, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_hash_is_of_what_the_files_hold()
    {
        using var narrow = new DataFolder().With(Generated);
        using var wide = new DataFolder().With(Generated, wide: true);
        using var unknown = new DataFolder().With(Generated, clusters: false);
        var hash = Hash();
        hash.ShouldMatch("^[0-9a-f]{64}$");
        FileData.Read(wide.Path).Specification.Sha256.ShouldBe(hash);
        FileData.Read(unknown.Path).Specification.Sha256.ShouldNotBe(hash);
        foreach (var (file, samples) in new[] { ("test_y.npy", Generated.Test.Labels), ("train_cluster.npy", Generated.Train.Cluster) })
        {
            narrow.Integers(file, [1 - Math.Min(1, samples[0]), .. samples[1..]]);
            Hash().ShouldNotBe(hash, file);
            narrow.Integers(file, samples);
            Hash().ShouldBe(hash);
        }

        var inputs = Generated.Train.Inputs.ToArray();
        inputs[^1] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(inputs[^1]) + 1);
        File.Delete(narrow.At("train_x.npy"));
        NpyFile.Write<float>(narrow.At("train_x.npy"), inputs, 150, 4, 20);
        Hash().ShouldNotBe(hash);

        string Hash() => FileData.Read(narrow.Path).Specification.Sha256;
    }

    [Fact]
    public void Files_that_changed_are_refused()
    {
        using var folder = new DataFolder().With(Generated);
        var spec = FileData.Read(folder.Path).Specification;
        Datasets.Load(spec).Train.Count.ShouldBe(150);
        Refuses(() => Datasets.Load(spec with { Train = 149 }), $"{folder.Path}: the files are not what the specification says: 150 + 100 samples of 4 x 20 in 3 clusters, not 149 + 100 samples of 4 x 20 in 3 clusters");
        folder.Integers("test_y.npy", [1 - Generated.Test.Labels[0], .. Generated.Test.Labels[1..]]);
        Refuses(() => Datasets.Load(spec), $"{folder.Path}: the files have changed: the SHA-256 of their content is *");
    }

    [Fact]
    public void Without_cluster_files_there_is_one_cluster()
    {
        using var folder = new DataFolder().With(Generated, clusters: false);
        var (data, spec) = FileData.Read(folder.Path);
        spec.Clusters.ShouldBe(1);
        data.Train.Clusters.ShouldBe(1);
        data.Train.Cluster.ShouldAllBe(cluster => cluster == 0);
    }

    [Fact]
    public void Clusters_are_counted_over_both_sets()
    {
        using var folder = new DataFolder().With(Generated);
        folder.Integers("test_cluster.npy", [.. Enumerable.Repeat(9, 100)]);
        FileData.Read(folder.Path).Specification.Clusters.ShouldBe(10);
        FileData.ReadTest(folder.Path).Samples.Clusters.ShouldBe(10);
    }

    [Fact]
    public void Test_samples_and_inputs_are_read_without_the_others()
    {
        using var folder = new DataFolder().With(Generated);
        foreach (var file in Directory.GetFiles(folder.Path, "train_*")) File.Delete(file);
        FileData.ReadTest(folder.Path).Samples.Labels.ShouldBe(Generated.Test.Labels);
        foreach (var file in (string[])["test_y.npy", "test_cluster.npy"]) File.Delete(folder.At(file));
        foreach (var path in (string[])[folder.Path, folder.At("test_x.npy")])
            FileData.ReadInputs(path).Samples.Inputs.Span.ShouldHaveTheBitsOf(Generated.Test.Inputs.Span, path);
        Refuses(() => FileData.ReadTest(folder.Path), $"{folder.At("test_y.npy")}: no such file; a folder of data needs test_x.npy and test_y.npy, or the same as IDX, .npz or CSV files");
        Refuses(() => FileData.ReadInputs(folder.At("none")), $"{folder.At("none")}: no such file or folder");
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Refuses(() => FileData.Read("/no/such"), "/no/such: no such folder");
        using var folder = new DataFolder();
        Refuses(() => FileData.Read(folder.Path), $"{folder.At("train_x.npy")}: no such file; a folder of data needs train_x.npy, train_y.npy, test_x.npy and test_y.npy, or the same as IDX, .npz or CSV files");
        folder.With(Generated);
        Refuses(() => FileData.Read(folder.At("train_x.npy")), $"{folder.At("train_x.npy")}: is a file; name its folder");
        File.Delete(folder.At("test_cluster.npy"));
        Refuses(() => FileData.Read(folder.Path), $"{folder.At("test_cluster.npy")}: no such file, but there is train_cluster.npy; add it, or remove the other");
    }

    [Fact]
    public void The_largest_label_of_either_set_says_how_many_classes_there_are()
    {
        using var folder = new DataFolder().With(Generated);
        FileData.Read(folder.Path).Classes.ShouldBe(2);
        folder.Integers("test_y.npy", [.. Enumerable.Range(0, 100).Select(i => i == 99 ? 9 : 0)]);
        FileData.Read(folder.Path).Classes.ShouldBe(10);
    }

    [Fact]
    public void Labels_and_clusters_out_of_range_or_of_another_number_are_refused()
    {
        Labels("train_y.npy", i => i == 17 ? 4096 : 0, 150, $"labels must be 0 to 4095, got 4096 for sample 17{Mend}");
        Labels("test_y.npy", _ => -1, 100, $"labels must be 0 to 4095, got -1 for sample 0{Mend}");
        Labels("train_cluster.npy", i => i == 149 ? 4096 : 0, 150, $"clusters must be 0 to 4095, got 4096 for sample 149{Mend}");
        Labels("test_cluster.npy", _ => 0, 99, "shape must be (100,), one for each sample of test_x.npy, got (99,)");

        static void Labels(string file, Func<int, int> value, int count, string expected)
        {
            foreach (var wide in (bool[])[false, true])
            {
                using var folder = new DataFolder().With(Generated);
                folder.Integers(file, [.. Enumerable.Range(0, count).Select(value)], wide);
                Refuses(() => FileData.Read(folder.Path), $"{folder.At(file)}: {expected}");
            }
        }
    }

    [Fact]
    public void Types_and_shapes_are_checked()
    {
        Check("train_y.npy", path => NpyFile.Write<float>(path, new float[150], 150), "dtype must be of whole numbers, such as int64 ('<i8'), got float32 ('<f4')", ".astype('<i8')", " if its numbers are whole");
        Check("train_y.npy", path => NpyFile.Write<int>(path, new int[151], 151), "shape must be (150,), one for each sample of train_x.npy, got (151,)");
        Check("train_y.npy", path => NpyFile.Write<int>(path, new int[150], 1, 150), "shape must be (150,), one for each sample of train_x.npy, got (1, 150)", ".reshape(-1)");
        Check("train_x.npy", path => NpyFile.Write<int>(path, new int[12000], 150, 4, 20), "dtype must be uint8, float16, float32 or float64, got int32 ('<i4')", ".astype('<f4')");
        Check("train_x.npy", path => NpyFile.Write<float>(path, [], 0, 4, 20), "shape must be (samples, patches, dim), none of them 0, got (0, 4, 20)");
        Check("test_x.npy", path => NpyFile.Write<float>(path, new float[8000], 100, 2, 40), "samples must be 4 x 20 (patches x dim), as those of train_x.npy, got 2 x 40", ".reshape(-1, 4, 20)");

        static void Check(string file, Action<string> write, string expected, string mend = "", string condition = "")
        {
            using var folder = new DataFolder().With(Generated);
            var path = folder.At(file);
            write(path);
            Refuses(() => FileData.Read(folder.Path), $"{path}: {expected}{(mend.Length == 0 ? "" : $"; mend it with numpy.save('{path}', numpy.load('{path}'){mend}){condition}")}");
        }
    }

    [Fact]
    public void Classes_that_no_training_sample_has_are_found()
    {
        using var folder = new DataFolder().With(Generated);
        FileData.Read(folder.Path).UntrainedClasses.ShouldBeEmpty();
        folder.Integers("train_y.npy", [.. Enumerable.Repeat(1, 149), 3]);
        folder.Integers("test_y.npy", [.. Enumerable.Repeat(5, 100)]);
        FileData.Read(folder.Path).UntrainedClasses.ShouldBe([0, 2, 4, 5]);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_number_that_is_not_finite_is_named_by_sample_patch_and_element(float bad, string text)
    {
        using var folder = new DataFolder().With(Generated);
        var inputs = Generated.Test.Inputs.ToArray();
        inputs[(((31 * 4) + 2) * 20) + 19] = bad;
        NpyFile.Write<float>(folder.At("test_x.npy"), inputs, 100, 4, 20);
        Refuses(() => FileData.Read(folder.Path), $"{folder.At("test_x.npy")}: numbers must be finite as float32, got {text} in sample 31, patch 2, element 19; {(float.IsNaN(bad) ? "replace it, such as with numpy.nan_to_num" : "divide the inputs if they are too large for float32; otherwise replace it")}, or leave the sample out");
    }

    private static void Refuses(Action action, string expected)
    {
        var message = Should.Throw<DataFileException>(action).Message;
        message.Any(char.IsControl).ShouldBeFalse();
        if (expected.EndsWith('*')) message.ShouldStartWith(expected[..^1]);
        else message.ShouldBe(expected);
    }
}
