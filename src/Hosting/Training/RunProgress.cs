using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Training;

/// <summary>How far a run is, for a view.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Records">The steps done, from the first; the same list grows on.</param>
/// <param name="Steps">Steps at most.</param>
/// <param name="Stopping">Whether the user has asked it to end.</param>
/// <param name="Ahead">Runs that come before it, where it waits.</param>
internal sealed record RunProgress(RunPhase Phase, IReadOnlyList<StepRecord> Records, int Steps, bool Stopping, int Ahead = 0)
{
    // Long enough to even out, short enough to forget the slow first steps and to follow a machine that gets busy.
    private const int Recent = 25;

    /// <summary>Time until the last step at the pace of the last steps; null before the first.</summary>
    public TimeSpan? TimeLeft
    {
        get
        {
            var count = Math.Min(Recent, Records.Count);
            if (count == 0) return null;
            var sum = 0.0;
            for (var i = Records.Count - count; i < Records.Count; i++) sum += Records[i].StepMilliseconds;
            return TimeSpan.FromMilliseconds(sum / count * (Steps - Records.Count));
        }
    }
}
