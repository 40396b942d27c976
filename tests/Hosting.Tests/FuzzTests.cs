using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Whatever the file of the local cluster holds, it is read or refused, in bounded time and memory.</summary>
public sealed class FuzzTests
{
    [Fact]
    public void The_file_of_the_local_cluster()
    {
        using var workspace = new Workspace();
        var path = workspace.At("cluster.json");
        var options = new SiloProcessOptions("silo-1", "moe", 11111, 30000, 8080, 11111, null, 2, "/data");
        DetachedClusterFile.Write(path, new DetachedCluster("moe", null, [new DetachedSilo(options, 1, "boot/1"), new DetachedSilo(options with { Redis = "localhost" }, 2, "boot/2")]));
        Fuzzing.Run<ConfigurationException>([File.ReadAllBytes(path)], input =>
        {
            File.WriteAllBytes(path, input);
            // What is read can be used.
            foreach (var silo in DetachedClusterFile.Read(path)?.Silos ?? []) _ = silo.Identity.Length + silo.Options.Arguments.Sum(argument => argument.Length);
        });
    }
}
