using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Telemetry;

/// <summary>What the metrics of a run count.</summary>
public sealed class RunMeterTests : IDisposable
{
    private readonly Readings _readings = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _readings.Dispose();

    [Fact]
    public void Every_committed_sample_is_counted_once_also_if_a_restart_repeats_its_step()
    {
        using var meter = New(experts: 3);

        meter.Record(Step([1, 0, 7]), isFirst: true);
        meter.Record(Step([1, 0, 7]), isFirst: false);
        meter.Record(Step([4, 4, 0]), isFirst: true);
        // The stop rule ends the run here: no expert commits.
        meter.Record(Step([8, 0, 0], isCommitted: false), isFirst: true);

        _readings.Of("moe.expert.samples", "moe.expert=0").Sum().ShouldBe(5);
        _readings.Of("moe.expert.samples", "moe.expert=1").Sum().ShouldBe(4);
        _readings.Of("moe.expert.samples", "moe.expert=2").Sum().ShouldBe(7);
        _readings.Of("moe.run.steps").Sum().ShouldBe(2);
    }

    [Fact]
    public void The_phases_of_a_step_add_up_to_its_duration()
    {
        using var meter = New(experts: 2);

        meter.Record(Step([1, 1]), isFirst: true);

        var phases = _readings.Tags("moe.step.phase.duration");
        phases.ShouldBe(["moe.step.phase=between", "moe.step.phase=route", "moe.step.phase=dispatch", "moe.step.phase=fold", "moe.step.phase=commit"]);
        phases.Sum(phase => _readings.Of("moe.step.phase.duration", phase)[0]).ShouldBe(_readings.Of("moe.step.duration").ShouldHaveSingleItem(), 1e-12);
    }

    [Fact]
    public void Times_of_an_expert_are_in_seconds()
    {
        using var meter = New(experts: 2);
        var timeline = new StepTimeline(_time, 0, shards: 1, experts: 2, span: null);
        timeline.Begin(ref timeline.Commits[0]);
        timeline.End(ref timeline.Commits[0], milliseconds: 7);

        meter.Record(StepReports.Of(timeline, [5, 0]), isFirst: true);

        _readings.Of("moe.expert.commit_wait.duration", "moe.expert=0").ShouldBe([0.002], 1e-9);
        _readings.Of("moe.expert.queue.duration", "moe.expert=0").ShouldBe([0.003], 1e-9);
        _readings.Of("moe.expert.compute.duration", "moe.expert=0").ShouldBe([0.004], 1e-9);
        _readings.Of("moe.expert.commit.duration", "moe.expert=0").ShouldBe([0.007], 1e-9);
        // An expert without samples was not dispatched to, and this one was not committed.
        _readings.Tags("moe.expert.compute.duration").ShouldBe(["moe.expert=0"]);
        _readings.Tags("moe.expert.commit.duration").ShouldBe(["moe.expert=0"]);
    }

    [Fact]
    public void The_load_shows_who_is_overloaded_and_who_is_idle()
    {
        using var meter = New(experts: 4);
        _readings.Observe();
        _readings.Tags("moe.expert.relative_load").ShouldBeEmpty();

        meter.Record(Step([6, 2, 0, 0]), isFirst: true);
        _readings.Observe();

        Enumerable.Range(0, 4).Select(m => _readings.Of("moe.expert.relative_load", $"moe.expert={m}")[0]).ShouldBe([3, 1, 0, 0]);
        _readings.Of("moe.routing.max_violation").ShouldBe([2]);
        _readings.Of("moe.routing.idle_experts").ShouldBe([2]);
        _readings.Of("moe.training.loss").ShouldBe([0.5]);
        _readings.Of("moe.training.accuracy").ShouldBe([0.75]);
    }

    [Fact]
    public void Experts_beyond_the_limit_are_one_series()
    {
        using var meter = New(experts: 5, limit: 2);

        meter.Record(Step([1, 2, 3, 4, 0]), isFirst: true);
        _readings.Observe();

        _readings.Tags("moe.expert.samples").ShouldBe(["moe.expert=0", "moe.expert=1", "moe.expert=other"]);
        _readings.Of("moe.expert.samples", "moe.expert=other").Sum().ShouldBe(7);
        _readings.Tags("moe.expert.relative_load").ShouldBe(["moe.expert=0", "moe.expert=1"]);
        _readings.Of("moe.expert.other.relative_load").ShouldBe([1.5, 2, 0]);
    }

    [Fact]
    public void The_run_is_named_in_one_series_alone()
    {
        using var meter = New(experts: 2);
        meter.Restarted(generation: 3, restarts: 2);
        meter.Record(Step([1, 1]), isFirst: true);

        _readings.Observe();

        _readings.Of("moe.run.info", "moe.run.id=run-1 moe.experts=2 moe.shards=1 moe.silo=silo-1").ShouldBe([1]);
        _readings.Of("moe.run.generation").ShouldBe([3]);
        _readings.Of("moe.run.restarts").ShouldBe([2]);
    }

    [Fact]
    public void What_the_run_is_doing_is_1_and_all_else_0()
    {
        var phase = RunPhase.Preparing;
        using var meter = New(experts: 2, phase: () => phase);
        _readings.Observe();
        phase = RunPhase.Evaluating;
        _readings.Observe();

        _readings.Of("moe.run.active", "moe.run.phase=preparing").ShouldBe([1, 0]);
        _readings.Of("moe.run.active", "moe.run.phase=training").ShouldBe([0, 0]);
        _readings.Of("moe.run.active", "moe.run.phase=evaluating").ShouldBe([0, 1]);
    }

    [Fact]
    public void The_series_stop_with_the_run()
    {
        var meter = New(experts: 2);
        meter.Record(Step([1, 1]), isFirst: true);
        meter.Dispose();

        _readings.Observe();
        meter.Record(Step([1, 1]), isFirst: true);

        _readings.Tags("moe.expert.relative_load").ShouldBeEmpty();
        _readings.Of("moe.run.steps").Sum().ShouldBe(1);
    }

    [Fact]
    public void Recording_without_a_listener_allocates_nothing()
    {
        _readings.Dispose();
        using var meter = New(experts: 8);
        var step = Step([1, 2, 3, 4, 5, 6, 7, 8]);
        for (var i = 0; i < 100; i++) meter.Record(step, isFirst: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) meter.Record(step, isFirst: true);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static RunMeter New(int experts, int limit = 64, Func<RunPhase>? phase = null) =>
        new(new RunFacts("run-1", experts, Shards: 1, TracedShare: 0), new TelemetryOptions("silo-1", limit), phase ?? (() => RunPhase.Training));

    private StepReport Step(int[] samples, bool isCommitted = true) =>
        StepReports.Of(new StepTimeline(_time, 0, shards: 1, samples.Length, span: null), samples, isCommitted);
}
