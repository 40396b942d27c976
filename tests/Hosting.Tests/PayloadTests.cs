using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Hosting.Tests;

/// <summary>
/// By payload an expert is sent the samples themselves. A router whose silo knows no assignment of the run takes every expert to be
/// elsewhere, so one silo is enough to see it.
/// </summary>
public sealed class PayloadTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private static readonly int[] s_blockStarts = [0, 40, 64, 70];

    [Fact]
    public async Task A_router_and_its_experts_give_the_same_bits_by_payload_as_by_reference()
    {
        var spec = Specifications.Small("model.experts=3");
        var theta = new WireTensor<float>([.. Enumerable.Range(0, 3 * spec.Data.Dim).Select(i => 0.001f * i)]);
        var (reference, payload) = (await Restored(spec, DispatchMode.Reference), await Restored(spec, DispatchMode.Payload));
        silo.Calls.Clear();
        var replies = await Task.WhenAll(Route(reference), Route(payload));
        silo.Calls["IExpertGrain.ReceiveSamples"].ShouldBeGreaterThanOrEqualTo(3);
        replies[1].Sums.Span.ToArray().ShouldBe(replies[0].Sums.Span.ToArray());
        replies[1].BlockLosses.Span.ToArray().ShouldBe(replies[0].BlockLosses.Span.ToArray());
        replies[1].Hits.ShouldBe(replies[0].Hits);
        await Task.WhenAll(Commit(reference, replies[0]), Commit(payload, replies[1]));
        for (var m = 0; m < 3; m++)
            (await Expert(payload, m).Read(ExpertTensor.Weights)).Values.Span.ToArray().ShouldBe((await Expert(reference, m).Read(ExpertTensor.Weights)).Values.Span.ToArray());
        var tests = await Task.WhenAll(Test(reference), Test(payload));
        (tests[1].Samples, tests[1].Hits).ShouldBe((spec.Data.Test, tests[0].Hits));
        tests[1].Losses!.Span.ToArray().ShouldBe(tests[0].Losses!.Span.ToArray());

        Task<RouteReply> Route(RunContext run) => Router(run).Route(new RouteRequest(run, 0, 0, 11, theta, null));
        Task<EvaluateReply> Test(RunContext run) => Router(run).RouteTest(new RouteTestRequest(run, 1, RoutePurpose.Evaluate, 0, spec.Data.Test, theta, WithLosses: true));
        IRouterGrain Router(RunContext run) => silo.Grains.GetGrain<IRouterGrain>(GrainKeys.Of(run.RunId, 0));
        Task Commit(RunContext run, RouteReply reply) => Task.WhenAll(Enumerable.Range(0, 3).Select(async m =>
        {
            var samples = Enumerable.Range(0, reply.Counts.Length).Where(i => i % 3 == m).Sum(i => reply.Counts.Span[i]);
            (await Expert(run, m).Commit(new CommitRequest(1, 0, [new CoveredRange(0, 11, samples)], false))).Kind.ShouldBe(CommitKind.Apply);
        }));
    }

    [Fact]
    public async Task An_expert_needs_no_data_set_and_takes_its_samples_in_any_order_and_any_number_of_times()
    {
        var spec = Specifications.Small("model.experts=1");
        var data = ClusterData.Generate<float>(spec.Data);
        var here = await Restored(spec, DispatchMode.Reference);
        // Its silo could not read these files.
        var nowhere = spec with { Data = spec.Data with { Source = DataSource.Files, Path = "/nowhere", Sha256 = new string('0', 64) } };
        var elsewhere = await Restored(nowhere, DispatchMode.Payload);
        var indexes = Enumerable.Range(0, 70).Select(i => (i * 37) % 700).ToArray();
        var gates = new WireTensor<float>([.. indexes.Select(i => 1f / (1 + i))]);
        var expected = await Expert(here, 0).Dispatch(new DispatchRequest(0, 2, new WireTensor<int>(s_blockStarts), new WireTensor<int>(indexes), gates));

        var dispatch = new DispatchRequest(0, 2, new WireTensor<int>(s_blockStarts), null, gates);
        (await Expert(elsewhere, 0).Dispatch(dispatch)).Kind.ShouldBe(DispatchKind.SamplesMissing);
        await Send(50, 70);
        await Send(50, 70);
        await Send(0, 30);
        (await Expert(elsewhere, 0).Dispatch(dispatch)).Kind.ShouldBe(DispatchKind.SamplesMissing);
        await Send(20, 55);
        var reply = await Expert(elsewhere, 0).Dispatch(dispatch);
        Same(reply);
        // Late copies are dropped, and the answer is repeated.
        await Send(0, 30);
        Same(await Expert(elsewhere, 0).Dispatch(dispatch));

        Task Send(int first, int end) => Expert(elsewhere, 0).ReceiveSamples(new SampleChunk(
            0, 2, 3, 70, first, new WireSamples(data.Train.Inputs, data.Train.Labels, indexes.AsMemory(first..end), 200)));

        void Same(DispatchReply answered)
        {
            answered.Kind.ShouldBe(DispatchKind.Done);
            answered.GateGradients!.Span.ToArray().ShouldBe(expected.GateGradients!.Span.ToArray());
            answered.BlockLosses!.Span.ToArray().ShouldBe(expected.BlockLosses!.Span.ToArray());
            answered.Hits.ShouldBe(expected.Hits);
        }
    }

    [Fact]
    public async Task Samples_that_are_no_part_of_a_dispatch_are_refused_with_expert_silo_and_step()
    {
        var run = await Restored(Specifications.Small("model.experts=1"), DispatchMode.Payload);
        var samples = new WireSamples(new float[200], new int[1], new int[1], 100);
        var failure = await Should.ThrowAsync<InvalidOperationException>(Expert(run, 0).ReceiveSamples(new SampleChunk(0, 0, 1, 1, 0, samples)));
        failure.Message.ShouldStartWith("Expert 0 on silo ");
        failure.Message.ShouldContain("step 0: 1 samples of 100 elements from 0 on are no part of 1 of 200 elements.");
        // Those of another step are dropped, whatever they are: its dispatch is refused anyway.
        await Expert(run, 0).ReceiveSamples(new SampleChunk(5, 0, 1, 1, 0, samples));
    }

    private async Task<RunContext> Restored(RunSpec spec, DispatchMode dispatch)
    {
        var run = new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(spec), dispatch);
        for (var m = 0; m < spec.Model.Experts; m++) await Expert(run, m).Restore(new RestoreRequest(run, 1, 0, null, null));
        return run;
    }

    private IExpertGrain Expert(RunContext run, int expert) => silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(run.RunId, expert));
}
