using System.Text.Json;

namespace MoeOrleans.Cluster.Tests;

/// <summary>The parts of moe bench that start silos in processes of their own.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class BenchSilosTests
{
    [ClusterFact]
    public async Task Several_silos_and_transfers_are_measured_in_processes_of_their_own()
    {
        using var workspace = new Workspace();
        var result = await MoeProcess.Run(workspace, "bench", "--rounds", "1", "--threads", "2", "--only", "silos,tls,transfer", "--json",
            "--set", "data.train=256", "--set", "data.test=32", "--set", "training.block=32", "--set", "model.filters=2");

        result.ExitCode.ShouldBe(0);
        // It would have failed had another spread given other bits.
        var silos = result.Json.GetProperty("silos").EnumerateArray().ToArray();
        silos.Select(row => (row.GetProperty("silos").GetInt32(), row.GetProperty("dispatch").GetString()))
            .ShouldBe([(1, "reference"), (2, "reference"), (2, "payload"), (3, "reference"), (3, "payload")]);
        silos.Select(row => row.GetProperty("shards").GetInt32()).ShouldBe([1, 1, 2, 1, 3]);
        Median(silos[0], "ratio").ShouldBe(1);
        // One route for each shard, one commit for each expert, at most a dispatch for each of both.
        foreach (var row in (JsonElement[])[silos[0], silos[1], silos[3]]) row.GetProperty("callsPerStep").GetDouble().ShouldBeInRange(1 + 8 + 1, 1 + 8 + 8);
        var tls = result.Json.GetProperty("tls").EnumerateArray().ToArray();
        tls.Select(row => row.GetProperty("dispatch").GetString()).ShouldBe(["reference", "payload"]);
        foreach (var row in tls) (Median(row, "tlsCpuMilliseconds") / Median(row, "plainCpuMilliseconds")).ShouldBe(Median(row, "cpuRatio"), 1e-9);
        var transfer = result.Json.GetProperty("transfer").EnumerateArray().ToArray();
        transfer.Select(row => row.GetProperty("chunkKilobytes").GetInt32()).ShouldBe([64, 256, 1024]);
        foreach (var row in transfer) (Median(row, "payloadGBps") / Median(row, "tcpGBps")).ShouldBe(Median(row, "ratio"), 1e-9);
    }

    private static double Median(JsonElement row, string name) => row.GetProperty(name).GetProperty("median").GetDouble();
}
