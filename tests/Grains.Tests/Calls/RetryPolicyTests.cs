using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Grains.Tests.Calls;

/// <summary>Repeated operations on a clock that moves only when a test moves it.</summary>
public sealed class RetryPolicyTests
{
    private readonly RecordingTime _time = new();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 50)]
    [InlineData(3, 100)]
    [InlineData(7, 1600)]
    [InlineData(8, 3200)]
    [InlineData(9, 3200)]
    [InlineData(2000, 3200)]
    public void Pauses_double_up_to_the_longest(int attempt, double milliseconds) =>
        new RetryPolicy(_time).PauseBefore(attempt).TotalMilliseconds.ShouldBe(milliseconds);

    [Fact]
    public async Task A_pause_ends_when_its_time_has_passed_and_the_first_attempt_has_none()
    {
        var policy = new RetryPolicy(_time);
        policy.Pause(1, TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
        var pause = policy.Pause(3, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        pause.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await pause;
    }

    [Fact]
    public async Task An_operation_is_repeated_after_the_pauses_of_the_policy_until_it_succeeds()
    {
        var attempts = 0;
        var value = await Advancing(new RetryPolicy(_time).Run(
            _ => ++attempts < 4 ? Task.FromException<int>(new TimeoutException()) : Task.FromResult(7), TestContext.Current.CancellationToken));
        value.ShouldBe(7);
        attempts.ShouldBe(4);
        _time.Pauses.ShouldBe([50, 100, 200]);
    }

    [Fact]
    public async Task The_last_failure_is_thrown_when_the_attempts_run_out()
    {
        var attempts = 0;
        var run = new RetryPolicy(_time) { AttemptLimit = 3 }.Run<int>(_ => throw new IOException($"attempt {++attempts}"), TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<IOException>(Advancing(run))).Message.ShouldBe("attempt 3");
        attempts.ShouldBe(3);
    }

    [Fact]
    public async Task A_policy_of_one_attempt_makes_one()
    {
        var attempts = 0;
        var run = new RetryPolicy(_time) { AttemptLimit = 1 }.Run<int>(_ => throw new IOException($"attempt {++attempts}"), TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<IOException>(run)).Message.ShouldBe("attempt 1");
    }

    [Fact]
    public async Task A_failure_that_is_not_transient_is_thrown_at_once()
    {
        var attempts = 0;
        var run = new RetryPolicy(_time) { IsTransient = failure => failure is TimeoutException }.Run<int>(
            _ => attempts++ == 0 ? throw new TimeoutException() : throw new IOException("no such file"), TestContext.Current.CancellationToken);
        await Should.ThrowAsync<IOException>(Advancing(run));
        attempts.ShouldBe(2);
    }

    [Fact]
    public async Task The_last_failure_is_thrown_when_the_deadline_passes_during_a_pause()
    {
        var (start, attempts) = (_time.GetUtcNow(), 0);
        var policy = new RetryPolicy(_time) { FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromMilliseconds(100), Deadline = TimeSpan.FromSeconds(1) };
        var run = policy.Run<int>(_ => throw new IOException($"attempt {++attempts}"), TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<IOException>(Advancing(run))).Message.ShouldBe($"attempt {attempts}");
        attempts.ShouldBeInRange(2, 11);
        (_time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task An_attempt_that_ignores_its_token_is_abandoned_at_the_deadline()
    {
        var token = CancellationToken.None;
        var run = new RetryPolicy(_time) { Deadline = TimeSpan.FromSeconds(2) }.Run(attempt =>
        {
            token = attempt;
            return new TaskCompletionSource<int>().Task;
        }, TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<TimeoutException>(Advancing(run))).Message.ShouldBe("The operation did not end within 2 s.");
        token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Cancellation_ends_the_attempts_and_is_no_timeout()
    {
        using var cancelled = new CancellationTokenSource();
        var run = new RetryPolicy(_time) { Deadline = TimeSpan.FromSeconds(2) }.Run<int>(_ => throw new IOException("a failure"), cancelled.Token);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(run);
    }

    [Fact]
    public async Task A_condition_is_asked_for_until_it_holds_or_the_deadline_passes()
    {
        var asked = 0;
        var policy = new RetryPolicy(_time) { LongestPause = TimeSpan.FromMilliseconds(50), Deadline = TimeSpan.FromSeconds(1) };
        (await Advancing(policy.Until(_ => Task.FromResult(++asked == 3), TestContext.Current.CancellationToken))).ShouldBeTrue();
        asked.ShouldBe(3);
        (await Advancing(policy.Until(_ => Task.FromResult(false), TestContext.Current.CancellationToken))).ShouldBeFalse();
        (await Advancing(policy.Until(_ => new TaskCompletionSource<bool>().Task, TestContext.Current.CancellationToken))).ShouldBeFalse();
    }

    [Fact]
    public async Task Attempts_stay_on_the_scheduler_of_the_caller()
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var seen = new List<TaskScheduler>();
        var run = Task.Factory.StartNew(
            () => new RetryPolicy(_time).Run(async _ =>
            {
                seen.Add(TaskScheduler.Current);
                await Task.Yield();
                return seen.Count < 3 ? throw new TimeoutException() : true;
            }, TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken, TaskCreationOptions.None, scheduler).Unwrap();
        await Advancing(run);
        seen.ShouldBe([scheduler, scheduler, scheduler]);
    }

    /// <summary>Moves the clock in small steps until the operation has ended.</summary>
    private async Task<T> Advancing<T>(Task<T> operation)
    {
        while (!operation.IsCompleted)
        {
            // What the last step of the clock has set off runs first.
            await Task.Delay(1, TestContext.Current.CancellationToken);
            if (!operation.IsCompleted) _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        return await operation;
    }

    /// <summary>A clock that stands still until it is advanced, and records the timers asked of it.</summary>
    private sealed class RecordingTime : FakeTimeProvider
    {
        public List<double> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) Pauses.Add(dueTime.TotalMilliseconds);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
