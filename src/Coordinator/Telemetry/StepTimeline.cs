using System.Diagnostics;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>When the calls of a step began and were answered, by the coordinator's clock, and its span if it is traced.</summary>
/// <param name="time">The clock.</param>
/// <param name="step">The step.</param>
/// <param name="shards">Number of shards.</param>
/// <param name="experts">Number of experts.</param>
/// <param name="span">Its span; null if it is not traced.</param>
internal sealed class StepTimeline(TimeProvider time, long step, int shards, int experts, Activity? span)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _timestamp = time.GetTimestamp();

    /// <summary>The step.</summary>
    public long Step => step;

    /// <summary>Its span; null if it is not traced.</summary>
    public Activity? Span => span;

    /// <summary>The route of each shard to all experts.</summary>
    public CallTimes[] Routes { get; } = new CallTimes[shards];

    /// <summary>The commit of each expert.</summary>
    public CallTimes[] Commits { get; } = new CallTimes[experts];

    /// <summary>When the step began.</summary>
    public DateTimeOffset Start => _start;

    /// <summary>Now.</summary>
    public DateTimeOffset Now => At(time.GetTimestamp());

    /// <summary>A call begins, for the first time or again.</summary>
    /// <param name="call">The call.</param>
    public void Begin(ref CallTimes call)
    {
        if (call.Attempts++ == 0) call.Start = time.GetTimestamp();
    }

    /// <summary>A call was answered.</summary>
    /// <param name="call">The call.</param>
    /// <param name="milliseconds">What the callee says it took.</param>
    public void End(ref CallTimes call, double milliseconds) => (call.End, call.Milliseconds) = (time.GetTimestamp(), milliseconds);

    /// <summary>The step before has failed: this one is not done.</summary>
    public void Abandon()
    {
        span?.SetStatus(ActivityStatusCode.Error, "The step before has failed.");
        span?.Dispose();
    }

    /// <summary>The time of a timestamp.</summary>
    /// <param name="timestamp">A timestamp of the clock.</param>
    public DateTimeOffset At(long timestamp) => _start + time.GetElapsedTime(_timestamp, timestamp);
}

/// <summary>When a call began and was answered, as timestamps of the clock.</summary>
internal struct CallTimes
{
    /// <summary>When it began first.</summary>
    public long Start;

    /// <summary>When it was answered; 0 if it was not.</summary>
    public long End;

    /// <summary>How often it was made; 0 if it was not.</summary>
    public int Attempts;

    /// <summary>What the callee says it took.</summary>
    public double Milliseconds;
}
