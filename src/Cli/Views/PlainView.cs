using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Views;

/// <summary>A line every 50 steps, a line for an evaluation at most every 50 steps, and every 20 seconds of a step, for logs.</summary>
internal sealed class PlainView(TextWriter writer) : RunView
{
    private const int Interval = 50;
    private const double LongStepSeconds = 20;

    private int _shown;
    private int _seen;
    private long _evaluated = -Interval;
    private bool _stopping;
    private bool _evaluating;
    private int _ahead;
    private int _restarts;
    private (long Step, double Seconds) _long = (-1, 0);

    public override Task<RunResult> Watch(Func<ProgressReport, Task<RunResult>> run) => run(Report);

    private void Report(RunProgress progress, bool isStopping)
    {
        if (isStopping && !_stopping)
        {
            _stopping = true;
            writer.WriteLine("interrupted: ends after the step in progress; a second signal ends at once");
        }

        if (progress.Ahead != _ahead && progress.Ahead > 0) writer.WriteLine(Format.Queued(progress.Ahead));
        _ahead = progress.Ahead;

        if (progress.Restarts > _restarts) writer.WriteLine(Format.Restarted(progress));
        _restarts = progress.Restarts;
        // A restarted run repeats its steps, which are shown again.
        if (progress.Records.Count < _seen) _evaluated = -Interval;
        (_shown, _seen) = (Math.Min(_shown, progress.Records.Count), Math.Min(_seen, progress.Records.Count));
        for (; _seen < progress.Records.Count; _seen++)
        {
            WriteEvaluation(progress.Records[_seen], progress.Steps);
            if (_seen + 1 < _shown + Interval) continue;
            _shown += Interval - (_shown % Interval);
            writer.WriteLine($"step {_shown}/{progress.Steps}   {Format.Metrics(progress.Records[_shown - 1], progress.HasEntropy)}   {TimeLeft(progress)}".TrimEnd());
        }

        if (progress.LongStep is { } step && (step.Step != _long.Step ? step.Seconds >= LongStepSeconds : step.Seconds >= _long.Seconds + LongStepSeconds))
        {
            _long = (step.Step, step.Seconds);
            writer.WriteLine(Format.LongStep(step));
        }

        if (progress.Phase == RunPhase.Evaluating && !_evaluating)
        {
            _evaluating = true;
            writer.WriteLine("evaluating");
        }
    }

    private void WriteEvaluation(StepRecord step, int steps)
    {
        if (step.Evaluation is not { } evaluation || step.Step < _evaluated + Interval) return;
        _evaluated = step.Step;
        writer.WriteLine($"step {step.Step + 1}/{steps}   {Format.Evaluation(evaluation)}");
    }

    private static string TimeLeft(RunProgress progress) =>
        progress.Phase == RunPhase.Training && progress.TimeLeft is { } left ? $"{Format.Duration(left)} left" : "";
}
