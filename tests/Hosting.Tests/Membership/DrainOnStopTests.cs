using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Hosting.Tests.Silos;

/// <summary>A silo that is asked to stop waits until it is empty, also where the queue of runs does not answer at once.</summary>
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

        var anywhere = new IPEndPoint(IPAddress.Loopback, 1);
        var options = new SiloOptions("Silo_0", 1, 1, anywhere.Address, "test", default, anywhere, "", 1, 0, default, TimeSpan.FromSeconds(30));
        var drain = new DrainOnStop(
            options, cluster.Of<ClusterSilos>("Silo_0"), cluster.Of<HostedGrains>("Silo_0"), cluster.Of<IGrainFactory>("Silo_0"), NullLogger<DrainOnStop>.Instance);
        await drain.StoppingAsync(TestContext.Current.CancellationToken);

        failed.ShouldBeGreaterThan(2);
        cluster.Of<HostedGrains>("Silo_0").Now.ShouldBeEmpty();
        var steps = (await coordinator.GetStatus(int.MaxValue)).StepsDone;
        await SeveralSilos.Steps(coordinator, steps + 3);
        await coordinator.Stop();
        (await SeveralSilos.Done(coordinator)).Recoveries.ShouldBe(0);
    }
}
