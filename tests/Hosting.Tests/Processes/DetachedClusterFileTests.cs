using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Hosting.Tests.Processes;

public sealed class DetachedClusterFileTests : IDisposable
{
    private const string Secret = "s3cret";

    private static readonly SiloProcessOptions Options = new("silo-1", "moe-1", 1, 2, 3, 1, $"localhost:6379,password={Secret}", 1);
    private static readonly DetachedCluster Cluster = new("moe-1", Options.Redis, [new DetachedSilo(Options, 1234, "boot/1")]);

    private readonly Workspace _workspace = new();

    private string File => _workspace.At("cluster.json");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        DetachedClusterFile.Read(File).ShouldBeNull();
        DetachedClusterFile.Write(File, Cluster);
        var read = DetachedClusterFile.Read(File)!;
        (read.ClusterId, read.Redis).ShouldBe((Cluster.ClusterId, Cluster.Redis));
        read.Silos.ShouldBe(Cluster.Silos);
    }

    [Theory]
    [InlineData("{}", "is of no known version and this is version 2: stop the cluster with the moe that started it; or end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("{\"format\":1,\"silos\":[]}", "is of version 1 and this is version 2: stop the cluster with the moe that started it; or end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("{\"format\":2}", "is damaged; end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("{\"format\":2,\"clusterId\":\"moe\",\"redis\":null,\"silos\":[null]}", "is damaged; end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("{\"format\":2,\"clusterId\":\"moe\",\"redis\":null,\"silos\":null}", "is damaged; end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("null", "is of no known version and this is version 2: stop the cluster with the moe that started it; or end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("[", "is damaged; end the processes of moe-silo if there are any, and delete the file")]
    [InlineData("", "must be a regular file with content; it is empty, a pipe or a device; end the processes of moe-silo if there are any, and delete the file")]
    public void Another_file_is_refused_in_one_line_that_says_what_to_do(string text, string expected)
    {
        _workspace.Write("cluster.json", text);
        Should.Throw<ConfigurationException>(() => DetachedClusterFile.Read(File)).Message.ShouldBe($"{File}: {expected}");
    }

    [Fact]
    public void The_password_of_Redis_is_seen_by_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has other modes.");
        _workspace.Write("cluster.json", "what an earlier version let everybody read");
        DetachedClusterFile.Write(File, Cluster);
#pragma warning disable CA1416 // Windows is skipped.
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
        // Every user of the machine can read command lines.
        Options.Arguments.ShouldNotContain(argument => argument.Contains(Secret, StringComparison.Ordinal));
        SiloProgram.Start(Options, "--child").Environment["MOE__REDIS"].ShouldBe(Options.Redis);
        Cluster.Endpoint.ShouldBeNull();
        (Cluster with { Redis = "localhost:6379" }).Endpoint.ShouldBe("redis://localhost:6379/moe-1");
    }
}
