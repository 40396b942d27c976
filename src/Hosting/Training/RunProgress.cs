using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Training;

/// <summary>How far a run is.</summary>
/// <param name="Phase">The phase; a queued run is <see cref="RunPhase.Preparing"/>.</param>
/// <param name="Records">
/// The steps done, from the first. Later progress of the same run has the same list with more steps; it is shorter after a restart of the run.
/// </param>
/// <param name="Steps">The most steps that the specification allows.</param>
/// <param name="Ahead">Runs that the cluster trains before this one; 0 once it has begun.</param>
public sealed record RunProgress(RunPhase Phase, IReadOnlyList<StepRecord> Records, int Steps, int Ahead)
{
    /// <summary>The step in progress if it takes longer than some seconds; otherwise null.</summary>
    public StepStatus? LongStep { get; init; }

    /// <summary>How often the run has begun again at step 0 since it was followed: a silo was lost.</summary>
    public int Restarts { get; init; }

    /// <summary>The last evaluation; null before the first.</summary>
    public EvaluationRecord? LastEvaluation { get; init; }

    /// <summary>The steps that the last restart threw away; 0 without one.</summary>
    public int LostSteps { get; init; }

    /// <summary>Whether the steps have a dispatch entropy: there are clusters, and experts to choose from.</summary>
    internal bool HasEntropy { get; init; } = true;

    // Enough steps to even out, few enough to leave the slow first steps behind and to follow a machine that gets busy.
    private const int RecentSteps = 25;

    /// <summary>Expected time until the last step, from the times of the last 25 steps; null before the first step.</summary>
    public TimeSpan? TimeLeft
    {
        get
        {
            var count = Math.Min(RecentSteps, Records.Count);
            if (count == 0) return null;
            var sum = 0.0;
            for (var i = Records.Count - count; i < Records.Count; i++) sum += Records[i].StepMilliseconds;
            return TimeSpan.FromMilliseconds(sum / count * (Steps - Records.Count));
        }
    }
}
