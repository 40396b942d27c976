using System.Threading.Tasks.Sources;

namespace MoeOrleans.Grains.Lane;

/// <summary>Pieces of work that end together. A batch can be executed again without new objects.</summary>
/// <param name="execute">Executes a piece, given scratch space of its thread and the piece's number.</param>
internal sealed class LaneBatch(Action<LaneScratch, int> execute) : IValueTaskSource<TimeSpan>
{
    // Continuations go to their grain's scheduler, never onto a lane thread.
    private ManualResetValueTaskSourceCore<TimeSpan> _completion = new() { RunContinuationsAsynchronously = true };
    private int _left;
    private int _cancelled;
    private long _ticks;
    private long _begun;
    private long _firstStart;
    private long _lastEnd;
    private Exception? _failure;

    /// <summary>Begins an execution.</summary>
    /// <param name="pieces">Number of pieces, at least 1.</param>
    /// <param name="now">Timestamp of the clock.</param>
    /// <returns>Ends with the time spent, summed over threads.</returns>
    public ValueTask<TimeSpan> Begin(int pieces, long now)
    {
        _completion.Reset();
        (_left, _cancelled, _ticks, _failure) = (pieces, 0, 0, null);
        (_begun, _firstStart, _lastEnd) = (now, 0, now);
        return new ValueTask<TimeSpan>(this, _completion.Version);
    }

    /// <summary>How long its first piece waited, and how long it took from then on. Valid once it has ended.</summary>
    /// <param name="time">The clock.</param>
    public (TimeSpan Queue, TimeSpan Compute) Times(TimeProvider time) =>
        _firstStart == 0 ? default : (time.GetElapsedTime(_begun, _firstStart), time.GetElapsedTime(_firstStart, _lastEnd));

    /// <summary>Executes one piece; the last one ends the batch.</summary>
    /// <param name="scratch">Scratch space of the thread.</param>
    /// <param name="piece">Its number.</param>
    /// <param name="time">The clock.</param>
    /// <param name="busyTicks">Counter of the time spent, in ticks of the clock; added to before the batch ends.</param>
    public void Execute(LaneScratch scratch, int piece, TimeProvider time, ref long busyTicks)
    {
        var start = time.GetTimestamp();
        if (Volatile.Read(ref _firstStart) == 0) Interlocked.CompareExchange(ref _firstStart, start, 0);
        try
        {
            if (Volatile.Read(ref _failure) is null) execute(scratch, piece);
        }
#pragma warning disable CA1031 // The caller that awaits the batch gets the exception, not the lane's thread.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }

        var end = time.GetTimestamp();
        var ticks = end - start;
        Interlocked.Add(ref _ticks, ticks);
        Interlocked.Add(ref busyTicks, ticks);
        if (Interlocked.Decrement(ref _left) > 0) return;
        _lastEnd = end;
        if (_failure is { } first)
            _completion.SetException(first);
        else
            _completion.SetResult(time.GetElapsedTime(0, _ticks));
    }

    /// <summary>A piece will not be executed.</summary>
    public void Cancel()
    {
        if (Interlocked.Exchange(ref _cancelled, 1) == 0) _completion.SetException(new OperationCanceledException("The compute lane was stopped."));
    }

    /// <inheritdoc/>
    public TimeSpan GetResult(short token) => _completion.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);
}
