using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Messages as a faulty or an older silo might send them: they are refused, and the step goes on as if they had not come.</summary>
public sealed class BadMessageTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    // 700 samples in eleven blocks of 64; the last has 60.
    [Theory]
    [InlineData("have no dispatch of 3 samples", 11, new[] { 0, 3 }, null, 3)]
    [InlineData("have no dispatch of 61 samples", 10, new[] { 0, 61 }, null, 61)]
    [InlineData("have no dispatch of 0 samples", 0, new[] { 0, 0 }, null, 0)]
    [InlineData("a dispatch has 2 indexes and 3 gates", 0, new[] { 0, 3 }, new[] { 1, 2 }, 3)]
    [InlineData("the blocks of a dispatch of 3 samples start at 0 and end at 1", 0, new[] { 0, 1 }, null, 3)]
    [InlineData("the blocks of a dispatch of 3 samples start at 1 and end at 3", 0, new[] { 1, 3 }, null, 3)]
    [InlineData("block 1 of a dispatch starts at 5 and ends at 2", 0, new[] { 0, 5, 2, 3 }, null, 3)]
    [InlineData("sample 1073741824 was asked for; there are 0 to 699", 0, new[] { 0, 2 }, new[] { 0, 1 << 30 }, 2)]
    [InlineData("sample -1 was asked for; there are 0 to 699", 0, new[] { 0, 2 }, new[] { 0, -1 }, 2)]
    public async Task A_dispatch_that_is_none_is_refused_with_expert_silo_and_step(
        string expected, int firstBlock, int[] blockStarts, int[]? indexes, int gates)
    {
        var expert = await Restored("model.expert=mlp", "model.hidden=8");
        var bad = new DispatchRequest(0, firstBlock, new(blockStarts), new(indexes ?? [.. Enumerable.Range(0, gates)]), new(new float[gates]));
        var failure = await Should.ThrowAsync<InvalidOperationException>(expert.Dispatch(bad));
        failure.Message.ShouldStartWith("Expert 0 on silo ");
        failure.Message.ShouldContain(" failed at step 0: ");
        failure.Message.ShouldContain(expected);

        // Nothing of it is left: the step is done with what comes after.
        var good = new DispatchRequest(0, 0, new(new[] { 0, 2 }), new(new[] { 0, 1 }), new(new float[] { 1, 1 }));
        (await expert.Dispatch(good)).Kind.ShouldBe(DispatchKind.Done);
        (await expert.Commit(new CommitRequest(1, 0, [new CoveredRange(0, 1, 2)], false))).Kind.ShouldBe(CommitKind.Apply);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("run\u001b[31m")]
    [InlineData("run\n2026-01-01 info: all is well")]
    public async Task A_run_id_that_could_write_to_a_terminal_or_a_log_reaches_neither(string runId)
    {
        const string Expected = "The id of a run has 1 to 100 letters, digits, '-', '_' and '.'.";
        var request = new RunRequest(new RunContext(runId, RunSpecJson.Write(new RunSpec())), new Deployment(1, 1, 1, DispatchMode.Reference));

        (await Should.ThrowAsync<ArgumentException>(silo.Grains.GetGrain<IRunQueueGrain>(0).Submit(request))).Message.ShouldStartWith(Expected);
        if (runId.Length > 0) (await Should.ThrowAsync<ArgumentException>(silo.Grains.GetGrain<ICoordinatorGrain>(runId).Start(request))).Message.ShouldStartWith(Expected);
        (await Should.ThrowAsync<ArgumentException>(silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(runId, 0)).Read(ExpertTensor.Weights))).Message.ShouldStartWith(Expected);
    }

    [Fact]
    public async Task A_chunk_that_promises_more_samples_than_a_minibatch_has_takes_no_memory()
    {
        var expert = await Restored();
        var row = new WireSamples(new float[200], new int[1], new int[1], 200);
        var before = GC.GetTotalAllocatedBytes();
        var failure = await Should.ThrowAsync<InvalidOperationException>(expert.ReceiveSamples(new SampleChunk(0, 0, 1 << 24, 1_000_000, 0, row)));
        failure.Message.ShouldContain("refused samples of step 0: Blocks [0, 16777216) of 64 in a minibatch of 700 samples have no dispatch of 1000000 samples");
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(100_000_000, "a million rows would be 800 MB");
    }

    [Fact]
    public async Task Samples_to_evaluate_have_a_gate_each_and_are_of_the_test_set()
    {
        var expert = await Restored();
        await Refused(new EvaluateRequest(0, new(new[] { 0, 1 }), new(new float[3]), null), "2 samples and 3 gates were to be evaluated");
        await Refused(new EvaluateRequest(0, new(new[] { 0, 300 }), new(new float[2]), null), "sample 300 was asked for; there are 0 to 299");

        async Task Refused(EvaluateRequest request, string expected) =>
            (await Should.ThrowAsync<Exception>(expert.Evaluate(request))).Message.ShouldContain(expected);
    }

    [Fact]
    public async Task A_shard_to_route_is_of_the_minibatch_and_comes_with_the_weights_of_the_router()
    {
        var (spec, run) = Run();
        var router = silo.Grains.GetGrain<IRouterGrain>(GrainKeys.Of(run.RunId, 0));
        var theta = new WireTensor<float>(new float[spec.Model.Experts * spec.Data.Dim]);
        await Refused(router.Route(new RouteRequest(run, 0, 9, 3, theta, null)), "Step 0 has 11 blocks, [9, 12) were to be routed.");
        await Refused(router.Route(new RouteRequest(run, 0, 0, int.MaxValue, theta, null)), "Step 0 has 11 blocks");
        await Refused(router.Route(new RouteRequest(run, 0, 0, 11, new(new float[7]), null)), "The router has 400 weights, 7 came.");
        await Refused(router.RouteTest(new RouteTestRequest(run, 0, RoutePurpose.Evaluate, 200, 101, theta)), "There are 300 samples of set Test, 101 from 200 on were to be routed.");

        static async Task Refused(Task call, string expected) => (await Should.ThrowAsync<ArgumentException>(call)).Message.ShouldStartWith(expected);
    }

    private async Task<IExpertGrain> Restored(params string[] assignments)
    {
        var (_, run) = Run(assignments);
        var expert = silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(run.RunId, 0));
        await expert.Restore(new RestoreRequest(run, 1, 0, null, null));
        return expert;
    }

    private static (RunSpec Spec, RunContext Run) Run(params string[] assignments)
    {
        var spec = Specifications.Small(assignments);
        return (spec, new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(spec)));
    }
}
