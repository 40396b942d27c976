using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests;

/// <summary>The weights live in the expert grains, and the calls of a step are the protocol's and no more.</summary>
public sealed class WhoDoesTheWorkTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private static readonly DispatchRequest s_dispatch =
        new(0, 2, new WireTensor<int>([0, 2, 3]), new WireTensor<int>([128, 150, 200]), new WireTensor<float>([0.5f, 0.25f, 1]));

    [Fact]
    public async Task Experts_own_their_weights_and_each_step_commits_every_expert_once()
    {
        var spec = Specifications.Small("model.experts=4");
        const int Shards = 3;
        silo.Calls.Clear();
        var (summary, _, runId) = await silo.Train(spec, Shards);
        var outcome = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run();
        for (var m = 0; m < 4; m++)
        {
            var snapshot = silo.Snapshots[GrainKeys.Of(runId, m)];
            snapshot.Version.ShouldBe(6);
            snapshot.Generation.ShouldBe(1);
            snapshot.LedgerEntries.ShouldBe(0);
            snapshot.Values.Span.ToArray().ShouldBe(outcome.Weights.Experts[m]);
        }

        silo.Calls["IExpertGrain.Restore"].ShouldBe(4);
        silo.Calls["IExpertGrain.Release"].ShouldBe(4);
        silo.Calls["IExpertGrain.Commit"].ShouldBe(6 * 4);
        silo.Calls["IRouterGrain.Route"].ShouldBe(6 * Shards);
        // At most one dispatch for each step, shard and expert; fewer only where an expert has no samples in a shard.
        silo.Calls["IExpertGrain.Dispatch"].ShouldBeInRange(6 * Shards, 6 * Shards * 4);
        silo.Calls["IRouterGrain.RouteTest"].ShouldBe(2, "with and without noise, in pieces that are larger than the test set");
        summary.Recoveries.ShouldBe(0);
    }

    [Fact]
    public async Task A_later_generation_deposes_the_run()
    {
        var spec = Specifications.Small("model.experts=2", "training.steps=2000", "training.stop.enabled=false");
        var runId = $"test-{Guid.NewGuid():N}";
        var coordinator = silo.Grains.GetGrain<ICoordinatorGrain>(runId);
        var context = new RunContext(runId, Compute.Specification.RunSpecJson.Write(spec));
        await coordinator.Start(new RunRequest(context, new Deployment(1, 2, 2, DispatchMode.Reference)));
        while ((await coordinator.GetStatus(int.MaxValue)).StepsDone < 3) await Task.Delay(5, TestContext.Current.CancellationToken);
        var expert = silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(runId, 1));
        (await expert.Restore(new RestoreRequest(context, 99, 0, null, null))).Decision.ShouldBe(RestoreDecision.Restored);
        RunStatus status;
        do
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            status = await coordinator.GetStatus(int.MaxValue);
        }
        while (status.Phase is not (RunPhase.Failed or RunPhase.Done));
        status.Phase.ShouldBe(RunPhase.Failed);
        status.Error.ShouldNotBeNull().ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_dispatch_ahead_or_behind_is_refused_and_a_duplicate_is_answered_the_same()
    {
        var spec = Specifications.Small("model.experts=2");
        var context = new RunContext($"test-{Guid.NewGuid():N}", Compute.Specification.RunSpecJson.Write(spec));
        var expert = silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, 0));
        (await expert.Dispatch(s_dispatch)).Kind.ShouldBe(DispatchKind.Ahead);
        await expert.Restore(new RestoreRequest(context, 1, 0, null, null));
        var answers = await Task.WhenAll(expert.Dispatch(s_dispatch), expert.Dispatch(s_dispatch));
        var again = await expert.Dispatch(s_dispatch);
        answers[1].ShouldBeSameAs(answers[0]);
        again.ShouldBeSameAs(answers[0]);
        (await expert.Dispatch(s_dispatch with { Step = 2 })).Kind.ShouldBe(DispatchKind.Ahead);
        var early = expert.Dispatch(s_dispatch with { Step = 1 });

        var short1 = await expert.Commit(new CommitRequest(1, 0, [new CoveredRange(2, 2, 4)], SnapshotBest: false));
        short1.Kind.ShouldBe(CommitKind.Incomplete);
        short1.Missing.ShouldBe([new CoveredRange(2, 2, 0)]);
        await expert.Dispatch(s_dispatch);
        early.IsCompleted.ShouldBeFalse();
        (await expert.Commit(new CommitRequest(1, 0, [new CoveredRange(2, 2, 3)], SnapshotBest: false))).Kind.ShouldBe(CommitKind.Apply);
        var later = await early;
        (later.Kind, later.Version).ShouldBe((DispatchKind.Done, 1));
        (await expert.Commit(new CommitRequest(1, 0, [new CoveredRange(2, 2, 3)], SnapshotBest: false))).Kind.ShouldBe(CommitKind.AlreadyApplied);
        (await expert.Dispatch(s_dispatch)).Kind.ShouldBe(DispatchKind.Behind);
    }

    [Fact]
    public async Task A_dispatch_that_waits_for_a_commit_is_judged_again_after_a_restore_and_fails_with_a_release()
    {
        var spec = Specifications.Small("model.experts=2");
        var context = new RunContext($"test-{Guid.NewGuid():N}", Compute.Specification.RunSpecJson.Write(spec));
        var expert = silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, 0));
        await expert.Restore(new RestoreRequest(context, 1, 0, null, null));
        (await expert.Commit(new CommitRequest(1, 0, [], SnapshotBest: false))).Kind.ShouldBe(CommitKind.Apply);
        var early = expert.Dispatch(s_dispatch with { Step = 2 });
        await expert.Read(ExpertTensor.Weights);
        early.IsCompleted.ShouldBeFalse();
        await expert.Restore(new RestoreRequest(context, 2, 0, null, null));
        (await early).Kind.ShouldBe(DispatchKind.Ahead);

        var abandoned = expert.Dispatch(s_dispatch with { Step = 1 });
        await expert.Read(ExpertTensor.Weights);
        await expert.Release();
        (await Should.ThrowAsync<InvalidOperationException>(abandoned)).Message.ShouldContain("was released");
    }

    [Fact]
    public async Task The_same_route_sent_again_while_it_is_under_way_is_answered_the_same_and_so_is_the_next_one()
    {
        var spec = Specifications.Small("model.experts=3");
        var context = new RunContext($"test-{Guid.NewGuid():N}", Compute.Specification.RunSpecJson.Write(spec));
        for (var m = 0; m < 3; m++)
            await silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, m)).Restore(new RestoreRequest(context, 1, 0, null, null));
        var router = silo.Grains.GetGrain<IRouterGrain>(GrainKeys.Of(context.RunId, 0));
        var theta = new WireTensor<float>([.. Enumerable.Range(0, 3 * spec.Data.Dim).Select(i => 0.001f * i)]);
        var request = new RouteRequest(context, 0, 0, 3, theta, null);
        for (var round = 0; round < 20; round++)
        {
            var replies = await Task.WhenAll(router.Route(request), router.Route(request), router.Route(request with { FirstBlock = 1, BlockCount = 2 }), router.Route(request));
            foreach (var reply in (RouteReply[])[replies[1], replies[3]])
            {
                reply.Refusals.ShouldBeEmpty();
                reply.Sums.Span.ToArray().ShouldBe(replies[0].Sums.Span.ToArray());
                reply.Nodes.Span.ToArray().ShouldBe(replies[0].Nodes.Span.ToArray());
                reply.BlockLosses.Span.ToArray().ShouldBe(replies[0].BlockLosses.Span.ToArray());
                reply.Counts.Span.ToArray().ShouldBe(replies[0].Counts.Span.ToArray());
                reply.Hits.ShouldBe(replies[0].Hits);
            }

            // A shard of its own: the last two of the three blocks.
            replies[2].BlockLosses.Span.ToArray().ShouldBe(replies[0].BlockLosses.Span[1..3].ToArray());
        }
    }
}
