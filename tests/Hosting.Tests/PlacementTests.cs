using MoeOrleans.Compute;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Grains live where the tables say, and a silo says what it is and what lives on it.</summary>
public sealed class PlacementTests
{
    [Fact]
    public async Task Experts_and_routers_follow_the_table_silo_grains_their_name_and_a_call_is_never_left_without_a_place()
    {
        await using var cluster = await SeveralSilos.Start(3);
        var run = new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(Specifications.Small()));
        var table = new RunAssignment(run.RunId, 2, ["Silo_2", "Silo_0", "Silo_2", "Silo_9"], ["Silo_1"]);
        for (var i = 0; i < 3; i++)
        {
            await cluster.Silo($"Silo_{i}").Assign(table);
            // An older table never replaces a newer one.
            await cluster.Silo($"Silo_{i}").Assign(table with { Number = 1, Experts = ["Silo_1", "Silo_1", "Silo_1", "Silo_1"] });
        }

        for (var m = 0; m < 6; m++) await cluster.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(run.RunId, m)).Read(ExpertTensor.Weights);
        await cluster.Grains.GetGrain<IRouterGrain>(GrainKeys.Of(run.RunId, 0)).Release();

        // Expert 3's silo is unknown, experts 4 and 5 are not in the table: by their index.
        var hosted = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => cluster.Silo($"Silo_{i}").Describe()));
        hosted.Select(silo => silo.Name).ShouldBe(["Silo_0", "Silo_1", "Silo_2"]);
        hosted[0].Grains.ShouldBe([Expert(1), Expert(3)]);
        hosted[1].Grains.ShouldBe([Expert(4)]);
        hosted[2].Grains.ShouldBe([Expert(0), Expert(2), Expert(5)]);
        foreach (var silo in hosted)
        {
            (silo.ContractsVersion, silo.NumericsVersion, silo.Threads, silo.IsDraining).ShouldBe((ContractsVersion.Current, NumericsVersion.Current, 1, false));
            silo.ProcessId.ShouldBe(Environment.ProcessId);
            silo.MemoryBytes.ShouldBeGreaterThan(1 << 20);
            silo.Version.ShouldNotBeEmpty();
        }

        HostedGrain Expert(int index) => new(run.RunId, HostedGrainKind.Expert, index);
    }

    [Fact]
    public async Task Nothing_new_is_placed_on_a_silo_that_is_about_to_leave()
    {
        await using var cluster = await SeveralSilos.Start(2);
        for (var i = 0; i < 2; i++) await cluster.Silo($"Silo_{i}").Drain("Silo_1");
        (await cluster.Silo("Silo_1").Describe()).IsDraining.ShouldBeTrue();
        (await cluster.Silo("Silo_0").Describe()).IsDraining.ShouldBeFalse();
        for (var m = 0; m < 4; m++) await cluster.Grains.GetGrain<IExpertGrain>(GrainKeys.Of("a-run", m)).Read(ExpertTensor.Weights);
        (await cluster.Silo("Silo_0").Describe()).Grains.Length.ShouldBe(4);
        (await cluster.Silo("Silo_1").Describe()).Grains.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_silo_that_is_not_there_is_named()
    {
        await using var cluster = await SeveralSilos.Start(1);
        (await Should.ThrowAsync<Exception>(cluster.Silo("nowhere").Describe())).Message.ShouldContain("There is no silo nowhere in the cluster");
    }

    [Fact]
    public async Task A_silo_tells_the_fingerprint_of_its_data_and_has_none_where_it_needs_no_data()
    {
        await using var cluster = await SeveralSilos.Start(1);
        var spec = Specifications.Small();
        var run = new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(spec));
        (await cluster.Silo("Silo_0").Prepare(run, data: false)).DataSha256.ShouldBeEmpty();
        (await cluster.Silo("Silo_0").Prepare(run, data: true)).ShouldBe(
            new SiloFingerprint("Silo_0", ContractsVersion.Current, NumericsVersion.Current, ClusterData.Generate<float>(spec.Data).Sha256()));
        ClusterData.Generate<float>(spec.Data with { Seed = spec.Data.Seed + 1 }).Sha256().ShouldNotBe(ClusterData.Generate<float>(spec.Data).Sha256());
    }
}
