using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Failed calls and lost experts cost time, never a gradient; what cannot be mended ends with one line.</summary>
public sealed class RecoveryTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("IExpertGrain.Dispatch", 29)]
    [InlineData("IExpertGrain.Commit", 5)]
    [InlineData("IRouterGrain.Route", 5)]
    public async Task A_call_that_fails_now_and_then_is_repeated_and_the_bits_are_the_same(string failing, int every)
    {
        var calls = 0;
        silo.Fail = (call, _) => call == failing && Interlocked.Increment(ref calls) % every == 3;
        var spec = Specifications.Small();
        var (summary, _, _) = await silo.Train(spec, 2);
        silo.Fail = (_, _) => false;
        summary.Recoveries.ShouldBe(0);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(spec));
        calls.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task An_expert_that_lost_its_state_is_restored_and_the_bits_are_the_same()
    {
        var spec = Specifications.Small("training.steps=400", "training.stop.enabled=false");
        var (coordinator, runId) = await Start(spec);
        await Steps(coordinator, 20);
        await silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(runId, 3)).Release();
        var status = await End(coordinator);
        status.Error.ShouldBeNull();
        status.Summary!.Recoveries.ShouldBeGreaterThan(0);
        status.Records.Length.ShouldBe(400);
        status.Summary.WeightsSha256.ShouldBe(Specifications.Sequential(spec));
    }

    [Fact]
    public async Task A_failure_that_comes_back_ends_the_run_with_a_line_that_names_the_step()
    {
        silo.Fail = (call, argument) => call == "IExpertGrain.Dispatch" && argument is DispatchRequest { Step: 3 };
        var (coordinator, _) = await Start(Specifications.Small());
        var status = await End(coordinator);
        silo.Fail = (_, _) => false;
        status.Phase.ShouldBe(RunPhase.Failed);
        status.Error.ShouldNotBeNull().ShouldContain("Step 3");
        status.Error.ShouldContain("a failed call");
        status.Error.ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_stop_while_a_step_fails_ends_the_run_as_stopped()
    {
        var (coordinator, runId) = await Start(Specifications.Small("training.steps=1000", "training.stop.enabled=false"));
        silo.Fail = (call, argument) =>
        {
            if (call != "IExpertGrain.Dispatch" || argument is not DispatchRequest { Step: 3 }) return false;
            coordinator.Stop().Ignore();
            return true;
        };
        var status = await End(coordinator);
        silo.Fail = (_, _) => false;
        (status.Phase, status.Summary).ShouldBe((RunPhase.Stopped, null));
        status.Error.ShouldNotBeNull().ShouldStartWith($"run {runId} was stopped while it restarted, so no step of it is left (Step 3 failed");
    }

    [Fact]
    public async Task An_evaluation_that_fails_once_does_not_cost_the_run()
    {
        var failed = 0;
        silo.Fail = (call, _) => call == "IRouterGrain.RouteTest" && Interlocked.Increment(ref failed) == 1;
        var spec = Specifications.Small();
        var (summary, _, _) = await silo.Train(spec, 2);
        silo.Fail = (_, _) => false;
        summary.Recoveries.ShouldBe(0);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(spec));
    }

    [Theory]
    [InlineData("training.keepBest=false")]
    [InlineData("training.keepBest=true", "training.expert.momentum=0.5")]
    public async Task An_expert_that_is_lost_in_the_evaluation_costs_no_step_and_no_bit(params string[] assignments)
    {
        var spec = Specifications.Small(assignments);
        var (expected, _, _) = await silo.Train(spec, 2);
        var lost = 0;
        string? runId = null;
        silo.Fail = (call, argument) =>
        {
            if (call != "IRouterGrain.RouteTest" || Interlocked.Increment(ref lost) > 1) return false;
            runId = ((RouteTestRequest)argument!).Run.RunId;
            silo.Grains.GetGrain<IExpertGrain>(GrainKeys.Of(runId, 3)).Release().Ignore();
            return true;
        };
        var (summary, _, _) = await silo.Train(spec, 2);
        silo.Fail = (_, _) => false;
        runId.ShouldNotBeNull();
        summary.Recoveries.ShouldBe(0);
        (summary.TestAccuracy, summary.TestAccuracyWithoutNoise, summary.WeightsSha256).ShouldBe((expected.TestAccuracy, expected.TestAccuracyWithoutNoise, expected.WeightsSha256));
        summary.BestLoss.ShouldBe(expected.BestLoss);
    }

    [Fact]
    public async Task The_weights_of_a_run_that_cannot_be_evaluated_can_be_fetched()
    {
        silo.Fail = (call, _) => call == "IRouterGrain.RouteTest";
        var spec = Specifications.Small();
        var run = await new TrainingClient(silo.Grains).StartUnqueued(spec, new Deployment(1, 2, 2, DispatchMode.Reference));
        var failure = await Should.ThrowAsync<RunFailedException>(run.GetResult(Cancelled));
        silo.Fail = (_, _) => false;
        var trained = (await run.FetchTrained(failure, Cancelled)).Trained.ShouldNotBeNull();
        (trained.Version, trained.Steps.Count, trained.Weights.Sha256()).ShouldBe((6, 6, Specifications.Sequential(spec)));
        await run.Delete();
    }

    [Theory]
    [InlineData("IRouterGrain.RouteTest", "^The evaluation of the weights after 6 steps failed at shard [01] on silo Silo_[^ ]+: a failed call$")]
    [InlineData("IExpertGrain.Read", "^expert [0-7] on silo Silo_[^ ]+ could not be read at version 6: a failed call$")]
    public async Task What_fails_after_the_last_step_is_told_with_silo_expert_or_shard_and_step(string failing, string line)
    {
        silo.Fail = (call, _) => call == failing;
        var (coordinator, _) = await Start(Specifications.Small());
        var status = await End(coordinator);
        silo.Fail = (_, _) => false;
        status.Error.ShouldNotBeNull().ShouldMatch(line);
    }

    [Fact]
    public async Task A_released_run_stops_working()
    {
        var (coordinator, _) = await Start(Specifications.Small("training.steps=100000", "training.stop.enabled=false"));
        await Steps(coordinator, 5);
        await coordinator.Release();
        silo.Calls.Clear();
        await Task.Delay(300, Cancelled);
        silo.Calls.Keys.ShouldNotContain("IExpertGrain.Commit");
        silo.Calls.Keys.ShouldNotContain("IRouterGrain.Route");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public async Task A_deployment_that_cannot_be_is_refused_at_the_start(int shards)
    {
        var failure = await Should.ThrowAsync<ArgumentException>(Start(Specifications.Small(), shards));
        failure.Message.ShouldContain("1 to 11 shards");
    }

    private async Task<(ICoordinatorGrain Coordinator, string RunId)> Start(RunSpec spec, int shards = 2)
    {
        var runId = $"test-{Guid.NewGuid():N}";
        var coordinator = silo.Grains.GetGrain<ICoordinatorGrain>(runId);
        await coordinator.Start(new RunRequest(new RunContext(runId, RunSpecJson.Write(spec)), new Deployment(1, shards, 2, DispatchMode.Reference)));
        return (coordinator, runId);
    }

    private static async Task Steps(ICoordinatorGrain coordinator, int count)
    {
        while ((await coordinator.GetStatus(int.MaxValue)).StepsDone < count) await Task.Delay(5, Cancelled);
    }

    private static async Task<RunStatus> End(ICoordinatorGrain coordinator)
    {
        for (var patience = 0; patience < 1500; patience++)
        {
            var status = await coordinator.GetStatus(0);
            if (status.Phase is RunPhase.Done or RunPhase.Failed or RunPhase.Stopped) return status;
            await Task.Delay(20, Cancelled);
        }

        throw new TimeoutException("The run did not end in 30 seconds.");
    }
}
