using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests;

/// <summary>A run on several silos gives the bits of one, its grains are spread evenly, and it follows the silos that come and go.</summary>
public sealed class ClusterTests
{
    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(2, 8, 3)]
    [InlineData(3, 8, 2)]
    [InlineData(5, 64, 6)]
    public async Task Any_number_of_silos_gives_the_bits_of_the_sequential_trainer_and_has_an_even_share(int silos, int experts, int shards)
    {
        await using var cluster = await SeveralSilos.Start(silos);
        var spec = Specifications.Small($"model.experts={experts}", "training.steps=40", "training.stop.enabled=false");
        var (coordinator, runId) = await cluster.Begin(spec, shards);
        await SeveralSilos.Steps(coordinator, 2);
        await SeveralSilos.Until(() => Task.FromResult(cluster.IsEven(runId, silos, experts, shards)));
        var summary = await SeveralSilos.Done(coordinator);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(spec));
        (summary.Silos, summary.Threads, summary.Recoveries).ShouldBe((silos, 1, 0));
        summary.ComputeShare.ShouldBeInRange(0.001, 1);
        cluster.Hosted(runId).Values.SelectMany(grains => grains).Where(grain => grain.Kind != HostedGrainKind.Weights)
            .ShouldBe([new HostedGrain(runId, HostedGrainKind.Coordinator, 0)]);
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
            var (coordinator, _) = await cluster.Begin(Specifications.Small(), 1);
            var status = await SeveralSilos.Ended(coordinator);
            status.Phase.ShouldBe(RunPhase.Failed);
            status.Error.ShouldNotBeNull().ShouldStartWith(line);
            status.Error.ShouldNotContain('\n');
        }
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_share_at_a_border_between_steps_and_the_bits_are_the_same()
    {
        await using var cluster = await SeveralSilos.Start(2);
        // Momentum and the weights kept beside have to move along.
        var spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false", "training.keepBest=true", "training.expert.momentum=0.9", "training.expert.rate=0.3");
        var (coordinator, runId) = await cluster.Begin(spec, 3);
        await SeveralSilos.Steps(coordinator, 5);
        var before = cluster.Hosted(runId);
        var joined = await cluster.Join();
        await SeveralSilos.Until(() => Task.FromResult(cluster.IsEven(runId, 3, 8, 3)));
        Experts(cluster.Hosted(runId)[joined]).Length.ShouldBe(2);
        foreach (var (silo, grains) in before) Experts(cluster.Hosted(runId)[silo]).ShouldBeSubsetOf(Experts(grains));

        var summary = await Stopped(coordinator);
        (summary.Silos, summary.Recoveries).ShouldBe((3, 0));
        var outcome = Specifications.Outcome(Of(spec, summary));
        summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
        summary.BestLoss!.WeightsSha256.ShouldBe(outcome.Best!.Value.Weights.Sha256());
        summary.BestLoss.Step.ShouldBe(outcome.Best.Value.Step.Step);
    }

    [Fact]
    public async Task A_silo_that_joins_with_other_data_is_left_out_and_the_run_goes_on()
    {
        await using var cluster = await SeveralSilos.Start(1, (name, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            if (name == "Silo_1" && context.Result is SiloFingerprint own) context.Result = own with { DataSha256 = new string('e', 64) };
        }));
        var spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");
        var (coordinator, runId) = await cluster.Begin(spec, 2);
        await SeveralSilos.Steps(coordinator, 2);
        await cluster.Join();
        await SeveralSilos.Steps(coordinator, 100);
        cluster.Hosted(runId)["Silo_1"].ShouldBeEmpty();
        var summary = await Stopped(coordinator);
        (summary.Silos, summary.Recoveries).ShouldBe((1, 0));
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(Of(spec, summary)));
    }

    [Fact]
    public async Task A_silo_that_joined_and_was_left_out_does_not_end_the_run_when_it_begins_again()
    {
        await using var cluster = await SeveralSilos.Start(2, (name, silo) => silo.AddIncomingGrainCallFilter(context =>
            name == "Silo_2" && context.MethodName == nameof(ISiloGrain.Prepare) ? throw new IOException("no such data folder") : context.Invoke()));
        var spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");
        var (coordinator, runId) = await cluster.Begin(spec, 3);
        await SeveralSilos.Steps(coordinator, 5);
        await cluster.Join();
        await SeveralSilos.Until(() => Task.FromResult(cluster.Of<ClusterSilos>("Silo_0").Names.Length == 3));
        var steps = (await coordinator.GetStatus(int.MaxValue)).StepsDone;
        await SeveralSilos.Steps(coordinator, steps + 50);
        await cluster.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(runId, 3)).Release();
        await SeveralSilos.Until(async () => (await coordinator.GetStatus(int.MaxValue)) is var status && (status.Error is not null || status.StepsDone < steps + 50));
        var summary = await Stopped(coordinator);
        summary.Silos.ShouldBe(2);
        summary.Recoveries.ShouldBeGreaterThan(0);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(Of(spec, summary)));
        cluster.Hosted(runId)["Silo_2"].ShouldBeEmpty();
    }

    [Fact]
    public async Task A_coordinator_that_drains_does_not_move_to_a_silo_that_was_left_out_though_its_name_is_first()
    {
        await using var cluster = await SeveralSilos.Start(1, (name, silo) => silo.AddIncomingGrainCallFilter(context =>
            name == "Silo_1" && context.MethodName == nameof(ISiloGrain.Prepare) ? throw new IOException("no such data folder") : context.Invoke()));
        var spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");
        var request = SeveralSilos.Request(spec, 2);
        await cluster.Runs.Submit(request);
        var coordinator = cluster.Coordinator(request.Run.RunId);
        await SeveralSilos.Steps(coordinator, 2);
        await cluster.Join();
        await cluster.Join();
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(request.Run.RunId)["Silo_2"].Length > 0));

        await SeveralSilos.Until(async () =>
        {
            await cluster.Runs.Drain("Silo_0");
            return cluster.Hosted(request.Run.RunId)["Silo_2"].Length == 8 + 2 + 1;
        });
        cluster.Hosted(request.Run.RunId)["Silo_1"].ShouldBeEmpty();
        var summary = await Stopped(coordinator);
        (summary.Recoveries, summary.WeightsSha256).ShouldBe((0, Specifications.Sequential(Of(spec, summary))));
    }

    [Fact]
    public async Task A_run_that_is_to_move_and_finds_all_silos_about_to_leave_goes_on_where_it_is()
    {
        // Slow enough for the second silo to drain between the request to move and the border between steps.
        await using var cluster = await SeveralSilos.Start(2, (_, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            if (context.MethodName == nameof(IExpertGrain.Commit)) await Task.Delay(700);
            await context.Invoke();
        }));
        var request = SeveralSilos.Request(Specifications.Small("training.steps=1000000", "training.stop.enabled=false"), 3);
        await cluster.Runs.Submit(request);
        var coordinator = cluster.Coordinator(request.Run.RunId);
        await SeveralSilos.Steps(coordinator, 2);
        await cluster.Runs.Drain("Silo_0");
        await cluster.Runs.Drain("Silo_1");
        var steps = (await coordinator.GetStatus(int.MaxValue)).StepsDone;
        await SeveralSilos.Steps(coordinator, steps + 2);

        // One that joins takes all, where it is asked again.
        var joined = await cluster.Join();
        await SeveralSilos.Until(async () =>
        {
            await cluster.Runs.Drain("Silo_0");
            await cluster.Runs.Drain("Silo_1");
            return cluster.Hosted(request.Run.RunId)[joined].Length == 8 + 3 + 1;
        });
        await coordinator.Stop();
        (await SeveralSilos.Done(coordinator)).Recoveries.ShouldBe(0);
    }

    [Fact]
    public async Task A_silo_that_drains_is_empty_after_the_next_border_between_steps_and_the_bits_are_the_same()
    {
        await using var cluster = await SeveralSilos.Start(3);
        var spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");
        var (coordinator, runId) = await cluster.Begin(spec, 3);
        await SeveralSilos.Steps(coordinator, 5);
        await cluster.Runs.Drain("Silo_2");
        await SeveralSilos.Until(async () => (await cluster.Runs.GetStatus()).Silos[2] is { IsDraining: true, Grains.IsEmpty: true });
        await cluster.Stop("Silo_2");
        await SeveralSilos.Until(() => Task.FromResult(cluster.IsEven(runId, 2, 8, 3)));
        var summary = await Stopped(coordinator);
        (summary.Silos, summary.Recoveries).ShouldBe((2, 0));
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(Of(spec, summary)));
        (await Should.ThrowAsync<InvalidOperationException>(cluster.Runs.Drain("nowhere"))).Message.ShouldBe("There is no silo nowhere in the cluster.");
    }

    [Fact]
    public async Task The_first_silo_can_drain_too_and_runs_queue_and_what_ended_runs_have_left_go_on_elsewhere()
    {
        await using var cluster = await SeveralSilos.Start(3);
        var ended = SeveralSilos.Request(Specifications.Small("training.keepBest=true"), 2) with { ProductsInterval = 2 };
        await cluster.Runs.Submit(ended);
        var before = await SeveralSilos.Ended(cluster.Coordinator(ended.Run.RunId));
        var spec = Specifications.Small(
            "training.steps=1000000", "training.stop.enabled=false", "training.keepBest=true", "training.expert.rate=0.3",
            "training.expert.momentum=0.9", "training.router.momentum=0.5");
        var (active, queued) = (SeveralSilos.Request(spec, 3), SeveralSilos.Request(Specifications.Small(), 2));
        await cluster.Runs.Submit(active);
        await cluster.Runs.Submit(queued);
        var coordinator = cluster.Coordinator(active.Run.RunId);
        await SeveralSilos.Steps(coordinator, 20);

        await cluster.Runs.Drain("Silo_0");
        await SeveralSilos.Until(async () => (await cluster.Runs.GetStatus()).Silos[0] is { IsDraining: true, Grains.IsEmpty: true });
        var steps = (await coordinator.GetStatus(int.MaxValue)).StepsDone;
        steps.ShouldBeGreaterThan(19);
        await cluster.Stop("Silo_0");
        await SeveralSilos.Steps(coordinator, steps + 20);
        (await cluster.Runs.List()).Select(run => run.State).ShouldBe([QueueEntryState.Done, QueueEntryState.Active, QueueEntryState.Queued]);

        var summary = await Stopped(coordinator);
        (summary.Silos, summary.Recoveries).ShouldBe((2, 0));
        var outcome = Specifications.Outcome(Of(spec, summary));
        summary.WeightsSha256.ShouldBe(outcome.Weights.Sha256());
        summary.BestLoss!.WeightsSha256.ShouldBe(outcome.Best!.Value.Weights.Sha256());
        (await coordinator.GetStatus(0)).Records.Length.ShouldBe((int)Math.Min(1000, summary.Steps));
        await SeveralSilos.Until(async () => (await cluster.Runs.List())[2].State == QueueEntryState.Done);

        var after = await cluster.Coordinator(ended.Run.RunId).GetStatus(0);
        after.Summary.ShouldBe(before.Summary! with { DispatchCounts = after.Summary!.DispatchCounts });
        after.StepsDone.ShouldBe(6);
        var kept = Specifications.Outcome(Specifications.Small("training.keepBest=true"));
        foreach (var (best, weights) in new[] { (false, kept.Weights), (true, kept.Best!.Value.Weights) })
            (await cluster.Coordinator(ended.Run.RunId).GetWeights(best, expert: 7, first: 0))!.Span.SequenceEqual(weights.Experts[7]).ShouldBeTrue();
        (await cluster.Coordinator(ended.Run.RunId).GetProducts()).Length.ShouldBe(4);
    }

    [Fact]
    public async Task A_silo_that_dies_costs_a_recovery_and_no_bit()
    {
        await using var cluster = await SeveralSilos.Start(3);
        var spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");
        var (coordinator, runId) = await cluster.Begin(spec, 3);
        await SeveralSilos.Steps(coordinator, 5);
        await cluster.Kill("Silo_1");
        await SeveralSilos.Until(async () => (await coordinator.GetStatus(int.MaxValue)).StepsDone > 0 && cluster.IsEven(runId, 2, 8, 3));
        var summary = await Stopped(coordinator);
        summary.Silos.ShouldBe(2);
        summary.Recoveries.ShouldBeGreaterThan(0);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(Of(spec, summary)));
    }

    /// <summary>Stops a run, some steps on.</summary>
    private static async Task<RunSummary> Stopped(ICoordinatorGrain coordinator)
    {
        await SeveralSilos.Steps(coordinator, (await coordinator.GetStatus(int.MaxValue)).StepsDone + 3);
        await coordinator.Stop();
        return await SeveralSilos.Done(coordinator);
    }

    /// <summary>The specification of a run with as many steps as it came to.</summary>
    private static RunSpec Of(RunSpec spec, RunSummary summary) => spec with { Training = spec.Training with { Steps = (int)summary.Steps } };

    private static int[] Experts(HostedGrain[] grains) => [.. grains.Where(grain => grain.Kind == HostedGrainKind.Expert).Select(grain => grain.Index)];
}
