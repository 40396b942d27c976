using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Hosting.Tests;

/// <summary>A run that is released stops computing between two blocks, in the middle of a step.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task A_run_that_is_released_in_the_middle_of_a_step_stops_there()
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource<Exception?>());
        await using var cluster = await SeveralSilos.Start(1, (_, silo) => silo.AddIncomingGrainCallFilter(async context =>
        {
            if (context.MethodName != nameof(IExpertGrain.Dispatch))
            {
                await context.Invoke();
                return;
            }

            begun.TrySetResult();
            try
            {
                await context.Invoke();
                ended.TrySetResult(null);
            }
            catch (Exception failure)
            {
                ended.TrySetResult(failure);
                throw;
            }
        }));
        // A step of several seconds, in 64 blocks.
        var spec = Specifications.Small("model.kind=single", "model.filters=16384", "data.train=4096", "data.test=1", "training.steps=2", "training.stop.enabled=false");
        var (coordinator, runId) = await cluster.Begin(spec, 1);
        await begun.Task;
        await coordinator.Release();

        (await ended.Task).ShouldNotBeNull().Message.ShouldContain("step 0");
        // What is asked of the lane now finds nothing of the run waiting before it, however small it is.
        var lane = cluster.Of<ComputeLane>("Silo_0");
        await lane.Run(0, _ => { });
        var busy = lane.Busy;
        await Task.Delay(50, TestContext.Current.CancellationToken);
        lane.Busy.ShouldBe(busy);
        await SeveralSilos.Until(() => Task.FromResult(cluster.Hosted(runId)["Silo_0"].Length == 0));
    }

    [Fact]
    public async Task A_late_message_does_not_bring_a_released_run_back()
    {
        await using var cluster = await SeveralSilos.Start(1);
        var run = new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(Specifications.Small()));
        var expert = cluster.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(run.RunId, 0));
        await expert.Restore(new RestoreRequest(run, 1, 0, null, null));
        var released = cluster.Of<RunStore>("Silo_0").Get(run).Released;
        await cluster.Silo("Silo_0").Release(run.RunId);
        released.IsCancellationRequested.ShouldBeTrue();
        var dispatch = new DispatchRequest(0, 0, new WireTensor<int>([0, 2]), new WireTensor<int>([1, 2]), new WireTensor<float>([1, 1]));
        (await Should.ThrowAsync<InvalidOperationException>(expert.Dispatch(dispatch))).Message.ShouldContain("step 0");
        (await Should.ThrowAsync<InvalidOperationException>(expert.Restore(new RestoreRequest(run, 2, 0, null, null)))).Message.ShouldBe($"Run {run.RunId} was released.");
    }
}
