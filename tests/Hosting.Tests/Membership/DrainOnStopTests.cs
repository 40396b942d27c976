using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>A silo that is asked to stop waits until it is empty, also if the queue of runs does not answer at once.</summary>
public sealed class DrainOnStopTests
{
    [Theory]
    [InlineData(nameof(IRunQueueGrain.Drain))]
    [InlineData(nameof(IRunQueueGrain.HostsGrainsOn))]
    public async Task A_question_that_fails_is_asked_again(string failing)
    {
        var failed = 0;
        await using var cluster = await SeveralSilos.Start(2, (_, silo) => silo.AddIncomingGrainCallFilter(context =>
            context.InterfaceMethod.DeclaringType == typeof(IRunQueueGrain) && context.MethodName == failing && Interlocked.Increment(ref failed) <= 2
                ? throw new TimeoutException("lost") : context.Invoke()));
        var request = SeveralSilos.Request(Specifications.Small("training.steps=1000000", "training.stop.enabled=false"), 3);
        await cluster.Runs.Submit(request);
        var coordinator = cluster.Coordinator(request.Run.RunId);
        await SeveralSilos.Steps(coordinator, 2);

        var drain = new DrainOnStop(
            new MoeOrleansOptions(), cluster.Of<ILocalSiloDetails>("Silo_0"), cluster.Of<ClusterSilos>("Silo_0"), cluster.Of<HostedGrains>("Silo_0"),
            cluster.Of<IGrainFactory>("Silo_0"), TimeProvider.System, NullLogger<DrainOnStop>.Instance);
        await drain.StoppingAsync(TestContext.Current.CancellationToken);

        failed.ShouldBeGreaterThan(2);
        cluster.Of<HostedGrains>("Silo_0").Now.ShouldBeEmpty();
        var steps = (await coordinator.GetStatus(int.MaxValue)).StepsDone;
        await SeveralSilos.Steps(coordinator, steps + 3);
        await coordinator.Stop();
        (await SeveralSilos.Done(coordinator)).Recoveries.ShouldBe(0);
    }

    [Fact]
    public async Task A_silo_whose_grains_do_not_move_stops_after_the_timeout()
    {
        await using var cluster = await SeveralSilos.Start(2);
        var hosted = new HostedGrains();
        hosted.Add(new HostedGrain("stuck", HostedGrainKind.Expert, 0));
        var time = new FakeTimeProvider();
        var drain = new DrainOnStop(
            new MoeOrleansOptions { DrainTimeout = TimeSpan.FromMinutes(10) }, cluster.Of<ILocalSiloDetails>("Silo_0"), cluster.Of<ClusterSilos>("Silo_0"), hosted,
            cluster.Of<IGrainFactory>("Silo_0"), time, NullLogger<DrainOnStop>.Instance);

        var stopping = drain.StoppingAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(599));
        await Task.Delay(20, TestContext.Current.CancellationToken);
        stopping.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
