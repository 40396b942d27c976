using Polly;
using Polly.Retry;

namespace MoeOrleans.Grains.Calls;

/// <summary>
/// How an operation that may fail for a while is repeated: pauses that double up to a longest one, a limit of attempts, and a deadline
/// for all attempts together. Continuations stay on the caller's scheduler, so grains can use it within a turn.
/// </summary>
/// <param name="Time">The clock that pauses and the deadline are measured by.</param>
internal sealed record RetryPolicy(TimeProvider Time)
{
    /// <summary>Pause before the second attempt.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause; equal to <see cref="FirstPause"/> for pauses of constant length.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(3.2);

    /// <summary>Attempts in all, the first included, at least 1.</summary>
    public int AttemptLimit { get; init; } = int.MaxValue;

    /// <summary>Time for all attempts and pauses together.</summary>
    public TimeSpan Deadline { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether another attempt may succeed after a failure.</summary>
    public Func<Exception, bool> IsTransient { get; init; } = static _ => true;

    /// <summary>Repeats an operation until it succeeds.</summary>
    /// <typeparam name="T">What the operation returns.</typeparam>
    /// <param name="operation">The operation; it may have taken effect although it failed. Its token is cancelled at the deadline.</param>
    /// <param name="cancelled">Ends the attempts with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>What the first successful attempt returned.</returns>
    /// <exception cref="TimeoutException">The deadline passed before any attempt failed.</exception>
    /// <remarks>
    /// A failure that is not transient, and the last one when attempts or time run out, is thrown as it is. An attempt that ignores its
    /// token is abandoned at the deadline.
    /// </remarks>
    public async Task<T> Run<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancelled = default)
    {
        Exception? last = null;
        using var deadline = new CancellationTokenSource(Deadline, Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancelled);
        // Polly leaves the caller's scheduler unless its context says otherwise.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, ended.Token);
        try
        {
            return await Pipeline<T>(failure => last = failure).ExecuteAsync(
                async context => await operation(context.CancellationToken).WaitAsync(context.CancellationToken), context);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            throw last ?? new TimeoutException($"The operation did not end within {Deadline.TotalSeconds:0.###} s.");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Repeats an operation until it succeeds.</summary>
    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<CancellationToken, Task> operation, CancellationToken cancelled = default) => Run(
        async token =>
        {
            await operation(token);
            return true;
        },
        cancelled);

    /// <summary>Asks again and again whether a condition holds.</summary>
    /// <param name="condition">Whether it holds. Its token is cancelled at the deadline.</param>
    /// <param name="cancelled">Ends the attempts with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Whether it held before attempts or time ran out.</returns>
    public async Task<bool> Until(Func<CancellationToken, Task<bool>> condition, CancellationToken cancelled = default)
    {
        try
        {
            await (this with { IsTransient = failure => failure is NotYetException || IsTransient(failure) }).Run(
                async token => await condition(token) ? true : throw new NotYetException(), cancelled);
            return true;
        }
        catch (Exception failure) when (failure is NotYetException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The pause before an attempt, for a protocol that counts its attempts itself.</summary>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <returns>Zero for the first attempt.</returns>
    public TimeSpan PauseBefore(int attempt)
    {
        if (attempt <= 1) return TimeSpan.Zero;
        // Factors are compared, not pauses: without a limit of attempts the product would overflow.
        var factor = Math.Pow(2, attempt - 2);
        return factor < LongestPause / FirstPause ? FirstPause * factor : LongestPause;
    }

    /// <summary>Waits for <see cref="PauseBefore"/>.</summary>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <param name="cancelled">Ends the pause.</param>
    public Task Pause(int attempt, CancellationToken cancelled) =>
        attempt <= 1 ? Task.CompletedTask : Task.Delay(PauseBefore(attempt), Time, cancelled);

    private ResiliencePipeline<T> Pipeline<T>(Action<Exception> failed)
    {
        var builder = new ResiliencePipelineBuilder<T> { TimeProvider = Time };
        if (AttemptLimit > 1)
        {
            builder.AddRetry(new RetryStrategyOptions<T>
            {
                MaxRetryAttempts = AttemptLimit - 1,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } failure and not OperationCanceledException && IsTransient(failure)),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(PauseBefore(arguments.AttemptNumber + 2)),
                OnRetry = arguments =>
                {
                    failed(arguments.Outcome.Exception!);
                    return ValueTask.CompletedTask;
                },
            });
        }

        return builder.Build();
    }

    private sealed class NotYetException : Exception;
}
