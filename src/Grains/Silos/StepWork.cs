namespace MoeOrleans.Grains.Silos;

/// <summary>Counts the samples of the step in progress that experts of one silo have computed. Any thread may count.</summary>
internal sealed class StepWork
{
    private readonly Lock _lock = new();
    private long _step = -1;
    private long _samples;

    /// <summary>The step and its samples so far.</summary>
    public (long Step, long Samples) Now
    {
        get
        {
            lock (_lock) return (_step, _samples);
        }
    }

    /// <summary>Samples were computed.</summary>
    /// <param name="step">Their step; another one than before begins at 0.</param>
    /// <param name="samples">How many.</param>
    // Called once for each piece of lane work, which takes thousands of times as long.
    public void Add(long step, int samples)
    {
        lock (_lock)
        {
            if (step != _step) (_step, _samples) = (step, 0);
            _samples += samples;
        }
    }
}
