using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cluster.Tests;

/// <summary>The weights of setting 1, seed 1 are the same bits in one process and in any number of them, whatever lists them and however samples travel.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class SameBitsTests(RedisServer redis, OneProcess oneProcess)
{
    private static readonly int[] s_counts = [1, 2, 3, 5];

    [ClusterFact]
    public async Task The_whole_run_on_three_silos_by_reference_and_by_payload_gives_the_bits_of_one_process()
    {
        using var workspace = new Workspace();
        var one = (await MoeProcess.Run(workspace, "train", "--json")).Json;
        one.GetProperty("steps").GetInt32().ShouldBe(501);
        foreach (var dispatch in (string[])["reference", "payload"])
        {
            var three = (await MoeProcess.Run(workspace, "train", "--json", "--silos", "3", "--dispatch", dispatch)).Json;
            three.GetProperty("weightsSha256").GetString().ShouldBe(one.GetProperty("weightsSha256").GetString());
            three.GetProperty("testAccuracy").GetDouble().ShouldBe(one.GetProperty("testAccuracy").GetDouble());
            three.GetProperty("silos").GetInt32().ShouldBe(3);
            three.GetProperty("dispatch").GetString().ShouldBe(dispatch);
            three.GetProperty("recoveries").GetInt32().ShouldBe(0);
        }
    }

    [ClusterFact]
    public async Task Weights_larger_than_a_message_of_Orleans_by_default_arrive_whole()
    {
        // 116 MB; the limit would be 105.
        string[] run = ["train", "--json", "--expert", "mlp", "--experts", "2", "--hidden", "65536", "--steps", "1", "--set", "data.train=64", "--set", "data.test=64"];
        using var workspace = new Workspace();
        var one = (await MoeProcess.Run(workspace, run)).Json;
        var two = (await MoeProcess.Run(workspace, [.. run, "--silos", "2"])).Json;
        two.GetProperty("weightsSha256").GetString().ShouldBe(one.GetProperty("weightsSha256").GetString());
        two.GetProperty("recoveries").GetInt32().ShouldBe(0);
    }

    [ClusterTheory]
    [InlineData("development")]
    [InlineData("redis")]
    public async Task A_cluster_that_grows_from_one_silo_to_five_gives_them_at_every_size(string clustering)
    {
        await using var cluster = new SiloProcesses(clustering == "redis" ? redis : null);
        var spec = new SpecificationBuilder().Set("training.steps=30").Build();
        for (var silos = 1; silos <= s_counts[^1]; silos++)
        {
            await cluster.Join();
            if (!s_counts.Contains(silos)) continue;
            foreach (var dispatch in Enum.GetValues<DispatchMode>())
            {
                var summary = await cluster.Done(await cluster.Begin(spec, silos, dispatch));
                summary.WeightsSha256.ShouldBe(await oneProcess.WeightsSha256, $"{silos} silos, {dispatch}");
                (summary.Silos, summary.Dispatch, summary.Recoveries).ShouldBe((silos, dispatch, 0));
            }
        }

        var large = await cluster.Begin(Specifications.Small("model.experts=64", "training.steps=1000000", "training.stop.enabled=false"), shards: 7);
        await cluster.Even(large, 5, 64, 7);
        await cluster.Stop(large);
    }

    [ClusterTheory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task The_command_lists_its_silos_in_Redis_too(int silos)
    {
        var connection = redis.Connection;
        using var workspace = new Workspace();
        var summary = (await MoeProcess.Run(workspace, [.. OneProcess.Run, "--silos", $"{silos}", "--clustering", "redis", "--redis", connection, "--dispatch", "payload"])).Json;
        summary.GetProperty("weightsSha256").GetString().ShouldBe(await oneProcess.WeightsSha256);
        summary.GetProperty("silos").GetInt32().ShouldBe(silos);
        (await redis.Keys()).ShouldBeEmpty();
    }
}
