using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests;

/// <summary>A cluster has one active run at a time; others wait, can be withdrawn, and are forgotten in the end.</summary>
public sealed class RunsTests
{
    private static readonly RunSpec s_endless = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");

    [Fact]
    public async Task Runs_wait_for_each_other_and_start_in_the_order_they_came()
    {
        await using var cluster = await SeveralSilos.Start(2);
        var (first, second, third, fourth) = (Request(s_endless), Request(Specifications.Small()), Request(Specifications.Small()), Request(Specifications.Small()));
        (await cluster.Runs.Submit(first)).State.ShouldBe(QueueEntryState.Active);
        foreach (var (request, ahead) in new[] { (second, 1), (third, 2), (fourth, 3) })
        {
            var info = await cluster.Runs.Submit(request);
            (info.State, info.Ahead, info.Steps, info.StepsDone, info.Deployment).ShouldBe((QueueEntryState.Queued, ahead, 6, 0, request.Deployment));
        }

        // The same run again is the same run.
        (await cluster.Runs.Submit(third)).Ahead.ShouldBe(2);
        (await cluster.Runs.List()).Select(run => run.RunId).ShouldBe([first.Run.RunId, second.Run.RunId, third.Run.RunId, fourth.Run.RunId]);
        (await cluster.Coordinator(second.Run.RunId).GetStatus(0)).Phase.ShouldBe(RunPhase.Unknown);

        (await cluster.Runs.Stop(third.Run.RunId))!.State.ShouldBe(QueueEntryState.Withdrawn);
        (await cluster.Runs.Stop("nothing")).ShouldBeNull();
        await SeveralSilos.Steps(cluster.Coordinator(first.Run.RunId), 3);
        (await cluster.Runs.Stop(first.Run.RunId)).ShouldNotBeNull();
        await SeveralSilos.Until(async () => (await cluster.Runs.List()).All(run => run.State is not (QueueEntryState.Queued or QueueEntryState.Active)));

        var runs = await cluster.Runs.List();
        runs.Select(run => run.State).ShouldBe([QueueEntryState.Done, QueueEntryState.Done, QueueEntryState.Withdrawn, QueueEntryState.Done]);
        runs[0].StepsDone.ShouldBeGreaterThan(2);
        runs[3].StepsDone.ShouldBe(6);
        // What a run leaves is kept for whoever fetches it, its experts and routers are not.
        (await cluster.Coordinator(fourth.Run.RunId).GetWeights(best: false, expert: 7, first: 0)).ShouldNotBeNull();
        (await SeveralSilos.Ended(cluster.Coordinator(fourth.Run.RunId))).Summary!.WeightsSha256.ShouldBe(Specifications.Sequential(Specifications.Small()));
        cluster.Hosted(fourth.Run.RunId).Values.SelectMany(grains => grains).ShouldAllBe(grain => grain.Kind == HostedGrainKind.Coordinator || grain.Kind == HostedGrainKind.Weights);
    }

    [Fact]
    public async Task A_lost_message_of_a_runs_end_does_not_hold_up_the_queue()
    {
        await using var cluster = await SeveralSilos.Start(1, (_, silo) => silo.AddIncomingGrainCallFilter(
            context => context.MethodName == nameof(IRunQueueGrain.RunEnded) ? throw new IOException("lost") : context.Invoke()));
        var (first, second) = (Request(Specifications.Small()), Request(Specifications.Small()));
        await cluster.Runs.Submit(first);
        await cluster.Runs.Submit(second);
        await SeveralSilos.Until(async () => (await cluster.Runs.List()).All(run => run.State == QueueEntryState.Done));
    }

    [Fact]
    public async Task A_run_that_is_withdrawn_after_an_unanswered_start_does_not_run_on()
    {
        await using var cluster = await SeveralSilos.Start(1, (_, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            if (context.MethodName == nameof(ICoordinatorGrain.Start)) throw new TimeoutException("the answer is lost");
        }));
        var request = Request(s_endless);
        await cluster.Runs.Submit(request);
        await SeveralSilos.Steps(cluster.Coordinator(request.Run.RunId), 2);
        await SeveralSilos.Until(async () => (await cluster.Runs.Stop(request.Run.RunId))!.State == QueueEntryState.Withdrawn);
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(request.Run.RunId)["Silo_0"].Length == 0));
    }

    [Fact]
    public async Task A_run_that_fails_says_why_and_the_next_one_starts()
    {
        await using var cluster = await SeveralSilos.Start(1, (_, silo) => silo.AddIncomingGrainCallFilter(
            context => context.MethodName == nameof(IExpertGrain.Commit) && ((CommitRequest)context.Request.GetArgument(0)!).Step == 4 ? throw new IOException("a failed call") : context.Invoke()));
        var (failing, next) = (Request(Specifications.Small()), Request(Specifications.Small("training.steps=3")));
        await cluster.Runs.Submit(failing);
        await cluster.Runs.Submit(next);
        await SeveralSilos.Until(async () => (await cluster.Runs.List())[1].State == QueueEntryState.Done);
        var run = (await cluster.Runs.List())[0];
        run.State.ShouldBe(QueueEntryState.Failed);
        run.Error.ShouldNotBeNull().ShouldContain("Step 4");
        run.Error.ShouldContain("expert 0 on silo Silo_0");
        run.Error.ShouldContain("a failed call");
    }

    [Fact]
    public async Task A_forgotten_run_is_broken_off_and_leaves_nothing()
    {
        await using var cluster = await SeveralSilos.Start(2);
        var (active, next) = (Request(s_endless), Request(Specifications.Small()));
        await cluster.Runs.Submit(active);
        await cluster.Runs.Submit(next);
        await SeveralSilos.Steps(cluster.Coordinator(active.Run.RunId), 2);
        await cluster.Runs.Delete(active.Run.RunId);
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(active.Run.RunId).Values.All(grains => grains.Length == 0)));
        await SeveralSilos.Until(async () => (await cluster.Runs.List())[0].State == QueueEntryState.Done);
        (await cluster.Runs.List()).ShouldHaveSingleItem().RunId.ShouldBe(next.Run.RunId);
    }

    [Fact]
    public async Task Only_the_last_ended_runs_are_kept()
    {
        await using var cluster = await SeveralSilos.Start(1);
        var requests = Enumerable.Range(0, 23).Select(_ => Request(Specifications.Small("training.steps=1", "model.experts=1", "model.kind=single"))).ToArray();
        foreach (var request in requests) await cluster.Runs.Submit(request);
        await SeveralSilos.Until(async () => (await cluster.Runs.List()).All(run => run.State == QueueEntryState.Done));
        (await cluster.Runs.List()).Select(run => run.RunId).ShouldBe(requests[3..].Select(request => request.Run.RunId));
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(requests[0].Run.RunId)["Silo_0"].Length == 0));
    }

    [Fact]
    public async Task A_run_that_cannot_be_is_refused_when_it_is_submitted()
    {
        await using var cluster = await SeveralSilos.Start(1);
        (await Should.ThrowAsync<ArgumentException>(cluster.Runs.Submit(SeveralSilos.Request(Specifications.Small(), 12)))).Message.ShouldContain("1 to 11 shards");
        (await cluster.Runs.List()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_status_tells_silos_and_runs()
    {
        await using var cluster = await SeveralSilos.Start(3);
        var request = Request(s_endless);
        await cluster.Runs.Submit(request);
        await SeveralSilos.Steps(cluster.Coordinator(request.Run.RunId), 1);
        var status = await cluster.Runs.GetStatus();
        status.Silos.Select(silo => silo.Name).ShouldBe(["Silo_0", "Silo_1", "Silo_2"]);
        status.Silos.SelectMany(silo => silo.Grains).Count(grain => grain.Kind == HostedGrainKind.Expert).ShouldBe(8);
        status.Silos[0].ComputeSeconds.ShouldBeGreaterThan(0);
        status.Runs.ShouldHaveSingleItem().State.ShouldBe(QueueEntryState.Active);
        await cluster.Runs.Delete(request.Run.RunId);
    }

    [Fact]
    public async Task A_queue_that_is_lost_leaves_its_runs_to_the_next_one()
    {
        // The queue is where it was asked first, the runs where the first name is when they start: on another silo that came in between.
        await using var cluster = await SeveralSilos.Start(2, (name, silo) => silo.Services.PostConfigure<Orleans.Configuration.SiloOptions>(
            options => options.SiloName = name == "Silo_2" ? "A" : name));
        await cluster.Runs.List();
        await cluster.Join();
        await SeveralSilos.Until(() => Task.FromResult(cluster.Of<ClusterSilos>("Silo_0").Names is ["A", "Silo_0", "Silo_1"]));
        var (ended, active) = (Request(Specifications.Small()), Request(s_endless));
        await cluster.Runs.Submit(ended);
        await SeveralSilos.Ended(cluster.Coordinator(ended.Run.RunId));
        await cluster.Runs.Submit(active);
        var coordinator = cluster.Coordinator(active.Run.RunId);
        await SeveralSilos.Steps(coordinator, 500);
        cluster.Hosted(active.Run.RunId)["Silo_2"].ShouldContain(grain => grain.Kind == HostedGrainKind.Coordinator);

        await cluster.Kill("Silo_0");
        var runs = await SeveralSilos.Answer(() => cluster.Runs.List());
        runs.Select(run => (run.RunId, run.State)).ShouldBe([(ended.Run.RunId, QueueEntryState.Done), (active.Run.RunId, QueueEntryState.Active)], ignoreOrder: true);

        // A run that comes now waits, and the one that was found can be stopped.
        var next = Request(Specifications.Small());
        (await cluster.Runs.Submit(next)).State.ShouldBe(QueueEntryState.Queued);
        await SeveralSilos.Until(async () => (await coordinator.GetStatus(int.MaxValue)).StepsDone is > 0 and < 500);
        (await cluster.Runs.Stop(active.Run.RunId)).ShouldNotBeNull();
        await SeveralSilos.Until(async () => (await cluster.Runs.List()).All(run => run.State == QueueEntryState.Done));
        (await SeveralSilos.Done(coordinator)).StopReason.ShouldBe(StopReason.Interrupted);
    }

    [Fact]
    public async Task A_run_whose_coordinator_is_lost_leaves_no_expert_and_no_router()
    {
        await using var cluster = await SeveralSilos.Start(3);
        var active = Request(s_endless);
        await cluster.Runs.Submit(active);
        await SeveralSilos.Steps(cluster.Coordinator(active.Run.RunId), 3);
        cluster.Hosted(active.Run.RunId)["Silo_1"].ShouldNotBeEmpty();

        // The queue is lost with it, so nobody knows of the run any more but its experts and routers. No client calls.
        await cluster.Kill("Silo_0");
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(active.Run.RunId).Values.All(grains => grains.Length == 0)), minutes: 3);
    }

    private static RunRequest Request(RunSpec spec) => SeveralSilos.Request(spec, 2);
}
