using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Runs.Status;
using Orleans.Configuration;

namespace MoeOrleans.Hosting.Tests;

/// <summary>A step that takes longer than calls may is not taken for lost, and shows how far it is.</summary>
public sealed class LongStepTests
{
    [Fact]
    public async Task A_step_that_takes_many_times_as_long_as_a_call_may_costs_nothing_and_reports_its_progress()
    {
        await using var cluster = await SeveralSilos.Start(2, (_, silo) =>
            silo.Services.PostConfigure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMilliseconds(400)));
        // One step of some seconds: without the repeats that do not count, three seconds end it.
        var spec = Specifications.Small("model.kind=single", "model.filters=16384", "data.train=2560", "data.test=1", "training.steps=1", "training.stop.enabled=false");
        var (coordinator, _) = await cluster.Begin(spec, 2);
        var seen = new List<StepStatus>();
        RunStatus? status = null;
        await SeveralSilos.Until(async () =>
        {
            status = await coordinator.GetStatus(int.MaxValue);
            if (status.LongStep is { } step) seen.Add(step);
            return status.Phase is RunPhase.Done or RunPhase.Failed;
        });
        status!.Error.ShouldBeNull();
        status.Summary!.Recoveries.ShouldBe(0);
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(step => step.Step == 0 && step.Samples == 2560 && step.ComputedSamples <= 2560 && step.Shards == 2 && step.Experts == 1 && step.Seconds >= 2);
        seen[^1].ComputedSamples.ShouldBeGreaterThan(0);
    }
}
