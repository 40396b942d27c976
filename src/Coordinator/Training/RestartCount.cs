namespace MoeOrleans.Coordinator.Training;

/// <summary>
/// Decides how often a run restarts. The loss of silos does not count towards the limit, unless it comes back at the same step. Whether a
/// failure was such a loss is known only when the run was placed again: membership takes some seconds to declare a silo dead.
/// </summary>
internal sealed class RestartCount
{
    /// <summary>Restarts without a step that was never done before, after which the run fails.</summary>
    public const int Limit = 3;

    /// <summary>Losses of silos at one step, after which the run fails: the step may be what ends them.</summary>
    public const int LossesAtOneStep = 3;

    private readonly Dictionary<long, int> _losses = [];
    private (Exception Failure, long Step)? _last;
    private long _furthest;
    private int _fruitless;

    /// <summary>Whether an attempt has failed and the run is not placed again yet.</summary>
    public bool IsRestart => _last is not null;

    /// <summary>An attempt has failed.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="step">The step in progress; -1 if the run was being placed or restored.</param>
    /// <exception cref="InvalidOperationException">The run could not be placed since the last failure, and that happened too often.</exception>
    public void Failed(Exception failure, long step)
    {
        if (_last is not null) Placed(lost: null);
        _last = (failure, step);
    }

    /// <summary>The run is placed again.</summary>
    /// <param name="lost">The silos that were lost with their experts; null if none was.</param>
    /// <returns>The failure that the run restarts after; null at its first start.</returns>
    /// <exception cref="InvalidOperationException">Restarts do not help.</exception>
    public Exception? Placed(string? lost)
    {
        if (_last is not var (failure, step)) return null;
        _last = null;
        if (lost is not null)
        {
            _losses[step] = _losses.GetValueOrDefault(step) + 1;
            if (_losses[step] < LossesAtOneStep) return failure;
            var where = step < 0 ? "while the experts were restored" : $"at step {step}";
            throw new InvalidOperationException(
                $"Silos were lost {LossesAtOneStep} times {where}, the last time {lost}: the run does not restart again, because its work may be what ends them (look for memory that runs out there): {failure.Message}", failure);
        }

        if (step > _furthest) (_furthest, _fruitless) = (step, 0);
        return ++_fruitless > Limit ? throw new InvalidOperationException(failure.Message, failure) : failure;
    }
}
