using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class SharedDataTests : IDisposable
{
    private static readonly DataSpec s_spec = new() { Train = 50, Test = 20, Dim = 17 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-test-");

    private FileSystemInfo[] Shared => _folder.GetDirectories().ShouldHaveSingleItem().GetFileSystemInfos();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Whoever_makes_or_maps_the_data_has_the_same()
    {
        var own = ClusterData.Generate<float>(s_spec);
        foreach (var data in Enumerable.Range(0, 3).Select(_ => new SharedData(_folder.FullName).Load(s_spec)))
        {
            data.Sha256().ShouldBe(own.Sha256());
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
        new SharedData(_folder.FullName).Load(s_spec);
        var inputs = _folder.GetFiles("train_x.npy", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var before = inputs.LastWriteTimeUtc = DateTime.UnixEpoch;

        new SharedData(_folder.FullName).Load(s_spec);

        Shared.ShouldHaveSingleItem();
        inputs.Refresh();
        inputs.LastWriteTimeUtc.ShouldBe(before);
    }

    [Theory]
    [InlineData(42f)]
    [InlineData(float.NaN)]
    public void Damaged_data_are_not_used(float value)
    {
        new SharedData(_folder.FullName).Load(s_spec);
        var inputs = _folder.GetFiles("train_x.npy", SearchOption.AllDirectories).ShouldHaveSingleItem();
        using (var stream = inputs.OpenWrite())
        {
            stream.Seek(-sizeof(float), SeekOrigin.End);
            stream.Write(BitConverter.GetBytes(value));
        }

        new SharedData(_folder.FullName).Load(s_spec).Sha256().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());
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
        Parallel.For(0, hashes.Length, i => hashes[i] = new SharedData(_folder.FullName).Load(s_spec).Sha256());
        hashes.Distinct().ShouldHaveSingleItem().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());
        Shared.ShouldHaveSingleItem();
    }

    [Fact]
    public void Other_data_have_a_place_of_their_own()
    {
        new SharedData(_folder.FullName).Load(s_spec);
        var other = new SharedData(_folder.FullName).Load(s_spec with { Seed = 2 });
        other.Sha256().ShouldBe(ClusterData.Generate<float>(s_spec with { Seed = 2 }).Sha256());
        Shared.Length.ShouldBe(2);
    }

    [Fact]
    public void What_was_shared_is_cleared_and_nothing_else()
    {
        var shared = new SharedData(_folder.CreateSubdirectory("shared").FullName);
        var data = shared.Load(s_spec);
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
        new SharedData(file).Load(s_spec).Sha256().ShouldBe(ClusterData.Generate<float>(s_spec).Sha256());
    }
}
