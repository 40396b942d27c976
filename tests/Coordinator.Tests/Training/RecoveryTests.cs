using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>When a run restarts, and when it gives up.</summary>
public sealed class RecoveryTests
{
    private static readonly RunSpec s_spec = Specifications.Small();

    private readonly FakeTrainingGrains _grains = new(s_spec);
    private readonly CurrentProgress _current = new(TrainingProgress.None);
    private readonly EventLog _log = new(LogLevel.Information);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Recovery Recovery => new("run", s_spec, _grains, _current, _grains.Telemetry, _grains.Time, _log);

    [Fact]
    public async Task A_start_places_experts_takes_the_first_generation_and_moves_misplaced_experts_back()
    {
        (await Recovery.Run(_ => Task.FromResult(7), resume: false, Cancelled)).ShouldBe(7);
        _grains.Events.ShouldBe(["place", "take over from 0", "move back in 1"]);
        (_current.Value.Generation, _current.Value.Restarts, _current.Value.Step, _current.Phase).ShouldBe((1, 0, 0, RunPhase.Preparing));
        _current.Value.Theta.Length.ShouldBe(s_spec.Model.Experts * s_spec.Data.Dim);
    }

    [Fact]
    public async Task A_run_that_is_resumed_goes_on_from_where_it_is()
    {
        Advance(3);
        var seen = await Recovery.Run(_ => Task.FromResult(_current.Value.Step), resume: true, Cancelled);
        seen.ShouldBe(3);
        _grains.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_restart_is_counted_takes_another_generation_and_goes_back_to_step_0()
    {
        var begun = new List<(long, long)>();
        await Recovery.Run(_ =>
        {
            begun.Add((_current.Value.Generation, _current.Value.Step));
            Advance(2 * begun.Count);
            return begun.Count < 3 ? throw new RecoverableException("an expert was lost") : Task.FromResult(true);
        }, resume: false, Cancelled);
        begun.ShouldBe([(1, 0), (2, 0), (3, 0)]);
        _current.Value.Restarts.ShouldBe(2);
    }

    [Fact]
    public async Task A_restart_is_an_event_with_its_cause_and_the_step_and_seconds_that_are_lost()
    {
        // The coordinator before this one trained for 3 s.
        Advance(3);
        _current.Value = _current.Value with { Trained = TimeSpan.FromSeconds(3) };
        var attempts = 0;
        await Recovery.Run(_ =>
        {
            if (++attempts == 3) return Task.FromResult(true);
            Advance(4 * attempts);
            _grains.Time.Advance(TimeSpan.FromSeconds(4));
            throw new RecoverableException($"silo b\nwas lost {attempts}");
        }, resume: true, Cancelled);

        _log.Events.Select(entry => (entry.Id, entry.Level)).ShouldBe([(2113, LogLevel.Warning), (2113, LogLevel.Warning)]);
        _log.Events.Select(entry => (entry.Values["RunId"], entry.Values["Step"], entry.Values["Seconds"], entry.Values["Reason"])).ShouldBe(
            [("run", 4L, 7.0, "silo b was lost 1"), ("run", 8L, 4.0, "silo b was lost 2")]);
    }

    [Fact]
    public async Task Restarts_without_new_steps_end_the_run_with_the_last_failure()
    {
        var attempts = 0;
        var failure = await Should.ThrowAsync<InvalidOperationException>(Recovery.Run<bool>(_ =>
        {
            Advance(4);
            throw new RecoverableException($"attempt {++attempts}");
        }, resume: false, Cancelled));
        // The first attempt did new steps.
        attempts.ShouldBe(1 + RestartCount.Limit);
        failure.Message.ShouldBe($"attempt {attempts}");
        _current.Value.Restarts.ShouldBe(RestartCount.Limit);
    }

    [Fact]
    public async Task Restarts_go_on_as_long_as_each_attempt_does_a_step_that_was_never_done()
    {
        var attempts = 0;
        await Recovery.Run(_ =>
        {
            Advance(++attempts);
            return attempts < 12 ? throw new RecoverableException("an expert was lost") : Task.FromResult(true);
        }, resume: false, Cancelled);
        _current.Value.Restarts.ShouldBe(11);
    }

    [Fact]
    public async Task A_failure_to_place_or_to_restore_is_tried_again_too()
    {
        var failures = 2;
        _grains.Fail = what => what.StartsWith("take over", StringComparison.Ordinal) && failures-- > 0 ? new RecoverableException("an expert cannot be reached") : null;
        await Recovery.Run(_ => Task.FromResult(true), resume: false, Cancelled);
        _grains.Events.ShouldBe(["place", "take over from 0", "place", "take over from 0", "place", "take over from 0", "move back in 1"]);
        _current.Value.Restarts.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_whose_experts_can_never_be_restored_is_given_up()
    {
        _grains.Fail = what => what.StartsWith("take over", StringComparison.Ordinal) ? new RecoverableException("could not restore expert 3 on silo b: timeout") : null;
        var failure = await Should.ThrowAsync<InvalidOperationException>(Recovery.Run(_ => Task.FromResult(true), resume: false, Cancelled));
        failure.Message.ShouldBe("could not restore expert 3 on silo b: timeout");
        _grains.Events.Count(what => what == "take over from 0").ShouldBe(1 + RestartCount.Limit);
    }

    [Fact]
    public async Task A_generation_that_restored_experts_is_not_taken_again_though_moving_them_back_failed()
    {
        var failures = 1;
        _grains.Fail = what => what.StartsWith("move back", StringComparison.Ordinal) && failures-- > 0 ? new RecoverableException("it stayed") : null;
        await Recovery.Run(_ => Task.FromResult(true), resume: false, Cancelled);
        _grains.Events.ShouldBe(["place", "take over from 0", "move back in 1", "place", "take over from 1", "move back in 2"]);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("place")]
    [InlineData("take over from 1")]
    public async Task A_stop_at_any_moment_of_a_restart_ends_the_run_as_stopped(string moment)
    {
        _current.StopRequested = moment == "train";
        var attempts = 0;
        _grains.Fail = what =>
        {
            _current.StopRequested |= attempts > 0 && what == moment;
            return null;
        };
        var stopped = await Should.ThrowAsync<RunStoppedException>(Recovery.Run<bool>(_ =>
        {
            attempts++;
            throw new RecoverableException("an expert was lost");
        }, resume: false, Cancelled));
        stopped.Message.ShouldBe("run run was stopped while it restarted, so no step of it is left (an expert was lost)");
        attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Lost_silos_never_use_up_the_restarts()
    {
        var attempts = 0;
        _grains.Lost = () => attempts == 0 ? null : "silo b with experts 2, 3";
        await Recovery.Run(_ =>
        {
            // Never further than before.
            Advance(20 - ++attempts);
            return attempts < 12 ? throw new RecoverableException("an expert was lost") : Task.FromResult(true);
        }, resume: false, Cancelled);
        _current.Value.Restarts.ShouldBe(11);
    }

    [Fact]
    public async Task Silos_that_are_lost_three_times_at_one_step_end_the_run_with_step_and_experts()
    {
        var attempts = 0;
        _grains.Lost = () => attempts == 0 ? null : "silo b with experts 2, 3";
        var failure = await Should.ThrowAsync<InvalidOperationException>(Recovery.Run<bool>(_ =>
        {
            // Another step in between changes nothing.
            Advance(++attempts == 2 ? 4 : 7);
            throw new RecoverableException("Step 7 failed");
        }, resume: false, Cancelled));
        attempts.ShouldBe(4);
        failure.Message.ShouldStartWith("Silos were lost 3 times at step 7, the last time silo b with experts 2, 3: the run does not restart again");
        failure.Message.ShouldEndWith("Step 7 failed");
        _current.Value.Restarts.ShouldBe(3);
    }

    [Fact]
    public async Task A_run_that_cannot_be_placed_is_given_up()
    {
        var placed = 0;
        _grains.Fail = what => what == "place" ? new RecoverableException($"attempt {++placed}") : null;
        (await Should.ThrowAsync<InvalidOperationException>(Recovery.Run(_ => Task.FromResult(true), resume: false, Cancelled))).Message.ShouldBe("attempt 4");
        placed.ShouldBe(5);
    }

    [Fact]
    public async Task A_run_that_is_not_wanted_any_more_does_not_restart()
    {
        using var aborted = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(Recovery.Run<bool>(_ =>
        {
            aborted.Cancel();
            throw new RecoverableException("its experts were released");
        }, resume: false, aborted.Token));
        _current.Value.Restarts.ShouldBe(0);
    }

    [Fact]
    public async Task A_failure_that_a_restart_cannot_mend_ends_the_run_at_once()
    {
        await Should.ThrowAsync<DivergedException>(Recovery.Run<bool>(_ => throw new DivergedException(3, double.NaN), resume: false, Cancelled));
        _grains.Events.Count(what => what == "place").ShouldBe(1);
    }

    private void Advance(int steps) => _current.Value = _current.Value with
    {
        Records = [.. Enumerable.Range(0, steps).Select(step => new StepRecord(step, 1, 0, 0, 0, 0, 0, 0, 0))],
    };
}
