using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Contracts;

namespace MoeOrleans.Silo.Tests;

/// <summary>A run on several silos gives the bits of one, its grains are spread evenly, and it follows the silos that come and go.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(2, 8, 3)]
    [InlineData(3, 8, 2)]
    [InlineData(5, 64, 6)]
    public async Task Any_number_of_silos_gives_the_bits_of_the_sequential_trainer_and_has_an_even_share(int silos, int experts, int shards)
    {
        await using var cluster = await SeveralSilos.Start(silos);
        var spec = Specifications.Small($"model.experts={experts}", "training.steps=40", "training.stop.enabled=false");
        var (coordinator, runId) = await Begin(cluster, spec, shards);
        await Steps(coordinator, 2);
        ShouldBeEven(cluster, runId, silos, experts, shards);
        var summary = await End(coordinator);
        summary.WeightsSha256.ShouldBe(Sequential(spec));
        (summary.Silos, summary.Threads, summary.Recoveries).ShouldBe((silos, 1, 0));
        summary.ComputeShare.ShouldBeInRange(0.001, 1);
        cluster.Hosted(runId).Values.SelectMany(grains => grains).ShouldBe([new HostedGrain(runId, HostedGrainKind.Coordinator, 0)]);
    }

    [Fact]
    public async Task A_silo_whose_data_or_numerics_differ_is_refused_with_a_line_that_says_so()
    {
        SiloFingerprint? told = null;
        await using var cluster = await SeveralSilos.Start(2, (name, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            if (name == "Silo_1" && context.Result is SiloFingerprint own) context.Result = told! with { DataSha256 = told.DataSha256 ?? own.DataSha256 };
        }));
        foreach (var (different, line) in new[]
        {
            (new SiloFingerprint("Silo_1", ContractsVersion.Current, 77, null!), $"Silo Silo_1 has numerics version 77 where silo Silo_0 has {Compute.NumericsVersion.Current}"),
            (new SiloFingerprint("Silo_1", 99, Compute.NumericsVersion.Current, null!), $"Silo Silo_1 has contracts version 99 where silo Silo_0 has {ContractsVersion.Current}"),
            (new SiloFingerprint("Silo_1", ContractsVersion.Current, Compute.NumericsVersion.Current, new string('e', 64)), "Silo Silo_1 has data set eeeeeeeeeeee where silo Silo_0 has"),
        })
        {
            told = different;
            var (coordinator, _) = await Begin(cluster, Specifications.Small(), 1);
            var status = await Ended(coordinator);
            status.Phase.ShouldBe(RunPhase.Failed);
            status.Error.ShouldNotBeNull().ShouldStartWith(line);
            status.Error.ShouldNotContain('\n');
        }
    }

    private static void ShouldBeEven(SeveralSilos cluster, string runId, int silos, int experts, int shards)
    {
        var hosted = cluster.Hosted(runId);
        hosted.Count.ShouldBe(silos);
        foreach (var (kind, count) in new[] { (HostedGrainKind.Expert, experts), (HostedGrainKind.Router, shards) })
        {
            var counts = hosted.Values.Select(grains => grains.Count(grain => grain.Kind == kind)).ToArray();
            counts.Sum().ShouldBe(count);
            (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
        }
    }

    private static string Sequential(RunSpec spec) => new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run().Weights.Sha256();

    private static async Task<(ICoordinatorGrain Coordinator, string RunId)> Begin(SeveralSilos cluster, RunSpec spec, int shards)
    {
        var request = Request(spec, shards);
        var coordinator = cluster.Grains.GetGrain<ICoordinatorGrain>(request.Run.RunId);
        await coordinator.Start(request);
        return (coordinator, request.Run.RunId);
    }

    private static RunRequest Request(RunSpec spec, int shards) =>
        new(new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(spec)), new Deployment(1, shards, 1, DispatchMode.Reference));

    private static async Task Steps(ICoordinatorGrain coordinator, int count)
    {
        while (await coordinator.GetStatus(int.MaxValue) is { } status && status.StepsDone < count)
        {
            status.Error.ShouldBeNull();
            await Task.Delay(2, Cancelled);
        }
    }

    private static async Task<RunSummary> End(ICoordinatorGrain coordinator)
    {
        var status = await Ended(coordinator);
        status.Error.ShouldBeNull();
        return status.Summary!;
    }

    private static async Task<RunStatus> Ended(ICoordinatorGrain coordinator)
    {
        for (var patience = 0; patience < 3000; patience++)
        {
            var status = await coordinator.GetStatus(int.MaxValue);
            if (status.Phase is RunPhase.Done or RunPhase.Failed) return status;
            await Task.Delay(20, Cancelled);
        }

        throw new TimeoutException("The run did not end in 60 seconds.");
    }
}
