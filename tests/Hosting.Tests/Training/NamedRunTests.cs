using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests.Training;

/// <summary>A name makes submitting idempotent: the same name and specification is the same run, and the same bits.</summary>
public sealed class NamedRunTests
{
    private static readonly Deployment s_deployment = new(1, 2, 1, DispatchMode.Reference);
    private static readonly RunSpec s_endless = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_pair_is_the_same_run_while_it_waits_trains_and_has_ended()
    {
        await using var cluster = await SeveralSilos.Start(2);
        var client = new TrainingClient(cluster.Grains);
        var active = await client.StartNamed("endless", s_endless, s_deployment);
        active.IsFound.ShouldBeFalse();
        // At the same moment, and spread in different ways.
        var both = await Task.WhenAll(
            client.StartNamed("small", Specifications.Small(), s_deployment),
            new TrainingClient(cluster.Grains).StartNamed("small", Specifications.Small(), s_deployment with { Shards = 3 }));
        both[0].RunId.ShouldBe(both[1].RunId);
        both.Count(run => run.IsFound).ShouldBe(1);
        var again = await client.StartNamed("endless", s_endless, s_deployment);
        (again.RunId, again.Info.State, again.IsFound).ShouldBe((active.RunId, QueueEntryState.Active, true));

        (await Should.ThrowAsync<ConfigurationException>(client.StartNamed("small", s_endless, s_deployment))).Message
            .ShouldBe($"small: the cluster has run {both[0].RunId} of this name, with another specification; choose another name, or 'moe forget small' once that run has ended");
        (await Should.ThrowAsync<ArgumentException>(client.StartNamed("no word", s_endless, s_deployment))).Message.ShouldContain("1 to 100 letters");

        // One that was stopped stays so.
        await (await client.Find("endless")).Stop();
        (await active.GetResult(Cancelled)).Summary.StopReason.ShouldBe(StopReason.Interrupted);
        var stopped = await (await client.StartNamed("endless", s_endless, s_deployment)).GetResult(Cancelled);
        (stopped.Summary.RunId, stopped.Summary.StopReason, stopped.Summary.Name).ShouldBe((active.RunId, StopReason.Interrupted, "endless"));

        var result = await both[0].GetResult(Cancelled);
        result.Summary.WeightsSha256.ShouldBe(Specifications.Sequential(Specifications.Small()));
        (await (await client.StartNamed("small", Specifications.Small(), s_deployment)).GetResult(Cancelled)).Summary.WallSeconds.ShouldBe(result.Summary.WallSeconds);
        (await client.List()).Select(run => run.Name).ShouldBe(["endless", "small"]);

        // A name is free again once its run is deleted.
        await both[0].Delete();
        (await client.StartNamed("small", Specifications.Small(), s_deployment)).RunId.ShouldNotBe(both[0].RunId);
    }

    [Fact]
    public async Task A_run_that_was_withdrawn_stays_so_and_one_that_failed_repeats_its_error()
    {
        await using var cluster = await SeveralSilos.Start(1, (_, silo) => silo.AddIncomingGrainCallFilter(
            context => context.MethodName == nameof(IExpertGrain.Commit) ? throw new IOException("a failed call") : context.Invoke()));
        var client = new TrainingClient(cluster.Grains);
        var failing = await client.StartNamed("fails", Specifications.Small(), s_deployment);
        var waiting = await client.StartNamed("waits", s_endless, s_deployment);
        await waiting.Stop();
        var error = (await Should.ThrowAsync<RunFailedException>(failing.GetResult(Cancelled))).Message;
        await SeveralSilos.Until(async () => (await client.List())[0].State == QueueEntryState.Failed);

        (await Should.ThrowAsync<RunFailedException>((await client.StartNamed("waits", s_endless, s_deployment)).GetResult(Cancelled))).State.ShouldBe(QueueEntryState.Withdrawn);
        var again = await client.StartNamed("fails", Specifications.Small(), s_deployment);
        again.RunId.ShouldBe(failing.RunId);
        var failure = await Should.ThrowAsync<RunFailedException>(again.GetResult(Cancelled));
        (failure.Message, failure.State, failure.IsLost).ShouldBe((error, QueueEntryState.Failed, false));
    }

    [Fact]
    public async Task A_run_whose_coordinator_or_result_was_lost_begins_again_under_a_new_id()
    {
        await using var cluster = await WithCoordinatorsElsewhere();
        var client = new TrainingClient(cluster.Grains);
        var done = await client.StartNamed("done", Specifications.Small(), s_deployment);
        await done.GetResult(Cancelled);
        var active = await client.StartNamed("active", s_endless, s_deployment);
        await SeveralSilos.Steps(cluster.Coordinator(active.RunId), 3);

        await cluster.Kill("Silo_2");
        (await Should.ThrowAsync<RunFailedException>(active.GetResult(Cancelled))).IsLost.ShouldBeTrue();
        var next = await client.StartNamed("active", s_endless, s_deployment);
        next.RunId.ShouldNotBe(active.RunId);
        await SeveralSilos.Steps(cluster.Coordinator(next.RunId), 3);
        (await client.Find("active")).RunId.ShouldBe(next.RunId);
        await next.Stop();

        var repeated = await client.StartNamed("done", Specifications.Small(), s_deployment);
        repeated.RunId.ShouldNotBe(done.RunId);
        (await repeated.GetResult(Cancelled)).Summary.WeightsSha256.ShouldBe(Specifications.Sequential(Specifications.Small()));
        (await client.StartNamed("done", Specifications.Small(), s_deployment)).RunId.ShouldBe(repeated.RunId);
        (await client.List()).Where(run => run.Name == "done").Select(run => run.IsLost).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_queue_that_is_built_anew_or_moves_knows_the_names_of_its_runs()
    {
        await using var cluster = await WithCoordinatorsElsewhere();
        var client = new TrainingClient(cluster.Grains);
        var done = await client.StartNamed("done", Specifications.Small(), s_deployment);
        var result = await done.GetResult(Cancelled);
        var active = await client.StartNamed("active", s_endless, s_deployment);
        await SeveralSilos.Steps(cluster.Coordinator(active.RunId), 3);

        await cluster.Kill("Silo_0");
        (await client.StartNamed("active", s_endless, s_deployment)).RunId.ShouldBe(active.RunId);
        (await (await client.StartNamed("done", Specifications.Small(), s_deployment)).GetResult(Cancelled)).Summary.WallSeconds.ShouldBe(result.Summary.WallSeconds);
        await Should.ThrowAsync<ConfigurationException>(client.StartNamed("active", Specifications.Small(), s_deployment));

        // The new queue is on the silo of the coordinators.
        await cluster.Join();
        await SeveralSilos.Answer(async () =>
        {
            await cluster.Runs.Drain("A");
            return true;
        });
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(active.RunId)["Silo_2"].Length == 0));
        (await client.StartNamed("active", s_endless, s_deployment)).RunId.ShouldBe(active.RunId);
        (await client.StartNamed("done", Specifications.Small(), s_deployment)).RunId.ShouldBe(done.RunId);
        await active.Delete();
    }

    /// <summary>Three silos: the queue is on Silo_0, the coordinators on Silo_2, which came in between and has the first name, A.</summary>
    private static async Task<SeveralSilos> WithCoordinatorsElsewhere()
    {
        var cluster = await SeveralSilos.Start(2, (name, silo) => silo.Services.PostConfigure<Orleans.Configuration.SiloOptions>(
            options => options.SiloName = name == "Silo_2" ? "A" : name));
        await cluster.Runs.List();
        await cluster.Join();
        await SeveralSilos.Until(() => Task.FromResult(cluster.Of<ClusterSilos>("Silo_0").Names is ["A", "Silo_0", "Silo_1"]));
        return cluster;
    }
}
