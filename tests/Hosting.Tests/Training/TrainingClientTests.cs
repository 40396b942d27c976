using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests.Training;

/// <summary>The client that other programs use, on a silo of the same process and on several silos.</summary>
public sealed class TrainingClientTests
{
    private static readonly Deployment s_deployment = new(1, 2, 1, DispatchMode.Reference);
    private static readonly RunSpec s_endless = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");

    [Fact]
    public async Task An_embedded_silo_trains_a_run_that_is_followed_fetched_and_deleted()
    {
        await using var silo = await EmbeddedSilo.Start(threads: 1, verbose: true);
        var spec = Specifications.Small("training.keepBest=true");

        var run = await silo.Client.Start(spec, s_deployment);
        var steps = new List<long>();
        await foreach (var step in run.Steps(TestContext.Current.CancellationToken)) steps.Add(step.Step);
        var result = await run.GetResult(TestContext.Current.CancellationToken);

        steps.ShouldBe([0, 1, 2, 3, 4, 5]);
        var expected = Specifications.Outcome(spec);
        result.Weights.Sha256().ShouldBe(expected.Weights.Sha256());
        result.Summary.WeightsSha256.ShouldBe(expected.Weights.Sha256());
        result.BestWeights!.Sha256().ShouldBe(expected.Best!.Value.Weights.Sha256());
        result.Record.Steps.Count.ShouldBe(6);
        SpecHash.Of(result.Spec).ShouldBe(SpecHash.Of(spec));
        (await silo.Client.List()).ShouldHaveSingleItem().State.ShouldBe(QueueEntryState.Done);
        await run.Delete();
        (await silo.Client.List()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_is_stopped_has_a_result_and_a_queued_run_that_is_stopped_has_none()
    {
        await using var cluster = await SeveralSilos.Start(2);
        var client = new TrainingClient(cluster.Grains);
        var active = await client.Start(s_endless, s_deployment);
        var queued = await client.Start(Specifications.Small(), s_deployment);
        await using var progress = queued.Progress(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await progress.MoveNextAsync()).ShouldBeTrue();
        (progress.Current.Phase, progress.Current.Ahead).ShouldBe((RunPhase.Preparing, 1));

        await (await client.Find(queued.RunId)).Stop();
        (await Should.ThrowAsync<RunFailedException>(queued.GetResult(TestContext.Current.CancellationToken))).State.ShouldBe(QueueEntryState.Withdrawn);

        await foreach (var step in active.Steps(TestContext.Current.CancellationToken))
        {
            if (step.Step == 5) await active.Stop();
        }

        var result = await active.GetResult(TestContext.Current.CancellationToken);
        result.Summary.StopReason.ShouldBe(StopReason.Interrupted);
        result.Record.Steps.Count.ShouldBe((int)result.Summary.Steps);
    }

    [Fact]
    public async Task A_deleted_run_fails_whoever_follows_it()
    {
        await using var cluster = await SeveralSilos.Start(1);
        var client = new TrainingClient(cluster.Grains);
        var run = await client.Start(s_endless, s_deployment);

        var failure = await Should.ThrowAsync<RunFailedException>(async () =>
        {
            await foreach (var step in run.Steps(TestContext.Current.CancellationToken))
            {
                if (step.Step == 2) await run.Delete();
            }
        });

        failure.Message.ShouldBe($"run {run.RunId} is no longer known to the cluster: it was deleted, or lost with the silo of its coordinator; then start it again");
        failure.State.ShouldBe(QueueEntryState.Failed);
    }

    [Fact]
    public async Task A_coordinator_that_knows_no_run_is_not_the_end_of_a_run_that_the_queue_knows()
    {
        var answers = 0;
        await using var cluster = await SeveralSilos.Start(1, (_, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            // The queue asks with the largest number, the client for records.
            if (context.Result is RunStatus status && context.Request.GetArgument(0) is < int.MaxValue && Interlocked.Increment(ref answers) <= 3)
                context.Result = new RunStatus(RunPhase.Unknown, 0, [], null, null);
        }));
        var run = await new TrainingClient(cluster.Grains).Start(Specifications.Small(), s_deployment);

        (await run.GetResult(TestContext.Current.CancellationToken)).Summary.Steps.ShouldBe(6);
        answers.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_run_is_found_by_a_unique_prefix_of_its_id()
    {
        await using var cluster = await SeveralSilos.Start(1);
        var client = new TrainingClient(cluster.Grains);
        var first = await client.Start(Specifications.Small(), s_deployment);
        await client.Start(Specifications.Small(), s_deployment);

        (await client.Find(first.RunId[..^1])).RunId.ShouldBe(first.RunId);
        (await Should.ThrowAsync<ConfigurationException>(client.Find(" "))).Message.ShouldStartWith("RUN: must be");
        (await Should.ThrowAsync<ConfigurationException>(client.Find("x"))).Message.ShouldStartWith("x: the cluster has no such run");
        // Both have the hash of the same specification.
        (await Should.ThrowAsync<ConfigurationException>(client.Find(first.RunId[..12]))).Message.ShouldStartWith($"{first.RunId[..12]}: 2 runs have this prefix");
    }
}
