namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>Tells slow steps from others: those that take five times as long as the median of the steps before, and at least 20 ms.</summary>
internal sealed class SlowSteps
{
    /// <summary>How many times the median.</summary>
    public const int Factor = 5;

    /// <summary>Steps that the median is of. Until as many are done, none is slow: the first ones compile and load.</summary>
    public const int Window = 64;

    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(20);

    private readonly TimeSpan[] _durations = new TimeSpan[Window];
    private readonly TimeSpan[] _sorted = new TimeSpan[Window];
    private int _next;
    private TimeSpan _limit = TimeSpan.MaxValue;

    /// <summary>A step has ended.</summary>
    /// <param name="duration">How long it took.</param>
    /// <returns>Whether it was slow.</returns>
    public bool IsSlow(TimeSpan duration)
    {
        var isSlow = duration > _limit;
        _durations[_next++] = duration;
        if (_next < Window) return isSlow;
        // Once in a window: sorting costs nothing then.
        _next = 0;
        _durations.CopyTo(_sorted, 0);
        Array.Sort(_sorted);
        _limit = TimeSpan.FromTicks(Math.Max(s_least.Ticks, Factor * _sorted[Window / 2].Ticks));
        return isSlow;
    }
}
