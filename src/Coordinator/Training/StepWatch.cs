using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Training;

/// <summary>
/// Reports how far a step is that takes long. It asks the silos only while a client asks for the run's status, and never for a short step.
/// </summary>
/// <param name="silos">The run's silos.</param>
/// <param name="current">Where the run is.</param>
/// <param name="time">The clock.</param>
internal sealed class StepWatch(AssignedSilos silos, CurrentProgress current, TimeProvider time)
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private Task _asking = Task.CompletedTask;
    private long _asked;
    private (long Step, long Samples) _computed = (-1, 0);

    /// <summary>The step in progress; null if it is short so far, or if there is none.</summary>
    public StepStatus? Look()
    {
        if (current.Phase != RunPhase.Training || current.InProgress is not var (step, samples)) return null;
        var elapsed = time.GetElapsedTime(current.StepStart);
        if (elapsed < s_long) return null;
        var counts = step.Counts;
        if (_asking.IsCompleted && (_computed.Step != counts.Step || time.GetElapsedTime(_asked) >= s_interval)) _asking = Ask(counts.Step);
        var computed = _computed.Step == counts.Step ? (int)Math.Min(samples, _computed.Samples) : 0;
        return new StepStatus(
            counts.Step, elapsed.TotalSeconds, samples, computed, counts.Shards, counts.RoutedShards, counts.Experts, counts.CommittedExperts);
    }

    private async Task Ask(long step)
    {
        _asked = time.GetTimestamp();
        var works = await silos.Work();
        _computed = (step, works.Where(work => work.Step == step).Sum(work => work.Samples));
    }
}
