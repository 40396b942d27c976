using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class SharedDataTests : IDisposable
{
    private static readonly DataSpec s_spec = new() { Train = 50, Test = 20, Dim = 17 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-test-");

    private FileSystemInfo[] Shared => _folder.GetDirectories().ShouldHaveSingleItem().GetFileSystemInfos();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_process_that_makes_the_data_and_one_that_maps_them_have_the_same(int validation)
    {
        var spec = s_spec with { Validation = validation };
        var own = ClusterData.Generate<float>(spec);
        foreach (var data in Enumerable.Range(0, 3).Select(_ => Load(_folder.FullName, spec)))
        {
            data.Sha256().ShouldBe(own.Sha256());
            (data.Validation?.Count ?? 0).ShouldBe(validation);
            data.Train.PatchSums.ShouldBe(own.Train.PatchSums);
            (data.Train.Clusters, data.Test.Clusters).ShouldBe((own.Train.Clusters, own.Test.Clusters));
            data.Signals!.Feature.ShouldBe(own.Signals!.Feature);
            data.Signals.Centre.ShouldBe(own.Signals.Centre);
        }

        Shared.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_is_there_is_mapped_and_not_made_again()
    {
        Load(_folder.FullName, s_spec);
        var inputs = _folder.GetFiles("train_x.npy", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var before = inputs.LastWriteTimeUtc = DateTime.UnixEpoch;

        Load(_folder.FullName, s_spec);

        Shared.ShouldHaveSingleItem();
        inputs.Refresh();
        inputs.LastWriteTimeUtc.ShouldBe(before);
    }

    [Theory]
    [InlineData(42f)]
    [InlineData(float.NaN)]
    public void Damaged_data_are_not_used(float value)
    {
        Load(_folder.FullName, s_spec);
        var inputs = _folder.GetFiles("train_x.npy", SearchOption.AllDirectories).ShouldHaveSingleItem();
        using (var stream = inputs.OpenWrite())
        {
            stream.Seek(-sizeof(float), SeekOrigin.End);
            stream.Write(BitConverter.GetBytes(value));
        }

        Load(_folder.FullName, s_spec).Sha256().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_folder_that_others_can_write_to_is_refused(UnixFileMode right)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Rights of files are Unix's.");
            return;
        }

        SharedData.Refusal(_folder.FullName).ShouldBeNull();

        File.SetUnixFileMode(_folder.FullName, File.GetUnixFileMode(_folder.FullName) | right);

        SharedData.Refusal(_folder.FullName).ShouldBe($"other users can write to '{_folder.FullName}'; use a folder of your own, or take the right away with chmod go-w");
    }

    [Fact]
    public void Processes_that_begin_at_once_agree()
    {
        var hashes = new string[8];
        Parallel.For(0, hashes.Length, i => hashes[i] = Load(_folder.FullName, s_spec).Sha256());
        hashes.Distinct().ShouldHaveSingleItem().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());
        Shared.ShouldHaveSingleItem();
    }

    [Fact]
    public void Other_data_have_a_place_of_their_own()
    {
        Load(_folder.FullName, s_spec);
        var other = Load(_folder.FullName, s_spec with { Seed = 2 });
        other.Sha256().ShouldBe(ClusterData.Generate<float>(s_spec with { Seed = 2 }).Sha256());
        Shared.Length.ShouldBe(2);
    }

    [Fact]
    public void What_was_shared_is_cleared_and_nothing_else()
    {
        var shared = new SharedData(_folder.CreateSubdirectory("shared").FullName);
        var data = shared.Load(s_spec, () => ClusterData.Generate<float>(s_spec));
        var other = Directory.CreateDirectory(Path.Combine(_folder.FullName, "shared", "mine"));
        shared.Clear();
        _folder.GetDirectories("*", SearchOption.AllDirectories).Select(left => left.Name).ShouldBe(["shared", "mine"]);
        data.Sha256().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());

        other.Delete();
        shared.Clear();
        _folder.GetFileSystemInfos().ShouldBeEmpty();
        shared.Clear();
    }

    [Fact]
    public void Where_nothing_can_be_shared_the_data_are_ones_own()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "no folder");
        Load(file, s_spec).Sha256().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());
    }

    [Fact]
    public void Converted_files_are_shared_and_others_mapped_as_they_are()
    {
        using var files = new DataFolder().With(ClusterData.Generate<float>(s_spec));
        var mapped = FileData.Read(files.Path);
        Load(_folder.FullName, mapped.Specification).Sha256().ShouldBe(mapped.Data.Sha256());
        _folder.GetDirectories().ShouldBeEmpty();
        using var wide = new DataFolder().With(mapped.Data);
        var inputs = mapped.Data.Test.Inputs.ToArray();
        File.WriteAllBytes(wide.At("test_x.npy"), RawFiles.Npy(">f8", "(20, 4, 17)", RawFiles.Bytes(">f8", inputs.Select(value => (double)value))));
        var converted = mapped.Specification with { Path = wide.Path };

        var first = Load(_folder.FullName, converted);
        var written = _folder.GetFiles("test_x.npy", SearchOption.AllDirectories).ShouldHaveSingleItem().LastWriteTimeUtc;
        var second = Load(_folder.FullName, converted);

        foreach (var data in (Dataset<float>[])[first, second])
        {
            data.Sha256().ShouldBe(mapped.Data.Sha256());
            data.Signals.ShouldBeNull();
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(data.Test.Inputs, out _).ShouldBeFalse();
        }

        _folder.GetFiles("test_x.npy", SearchOption.AllDirectories).ShouldHaveSingleItem().LastWriteTimeUtc.ShouldBe(written);
        wide.Integers("test_y.npy", [.. Enumerable.Repeat(3, 20)]);
        Should.Throw<DataFileException>(() => Load(wide.Path, converted)).Message.ShouldContain("the files have changed");
    }

    private static Dataset<float> Load(string folder, DataSpec spec) => Datasets.Load(spec, new SharedData(folder));
}
