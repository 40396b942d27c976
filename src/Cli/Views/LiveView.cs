using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>A bar and the last step's metrics, redrawn in place and removed when the run has ended.</summary>
internal sealed class LiveView(IAnsiConsole console) : RunView
{
    public override Task<RunResult> Watch(Func<ProgressReport, Task<RunResult>> run) =>
        console.Live(new Markup("[grey]starting a silo[/]")).AutoClear(true).StartAsync(live => run((progress, isStopping) =>
        {
            live.UpdateTarget(Draw(progress, isStopping));
            live.Refresh();
        }));

    private Rows Draw(RunProgress progress, bool isStopping) => new([Bar(progress), .. Details(progress, isStopping).Select(line => new Markup(line))]);

    private Markup Bar(RunProgress progress)
    {
        var left = progress.Phase == RunPhase.Training && progress.TimeLeft is { } time ? $"   {Format.Duration(time)} left" : "";
        return new Markup($"{ProgressBar.Draw(console, (double)progress.Records.Count / progress.Steps)} step {progress.Records.Count}/{progress.Steps}{left}");
    }

    private static IEnumerable<string> Details(RunProgress progress, bool isStopping)
    {
        if (progress.Records is [.., var last]) yield return Format.Metrics(last, progress.HasEntropy);
        if (progress.LastEvaluation is { } evaluation) yield return Format.Evaluation(evaluation);
        if (progress.Restarts > 0) yield return $"[yellow]{Format.Restarted(progress)}[/]";
        if (progress.LongStep is { } step) yield return $"[grey]{Format.LongStep(step)}[/]";
        if (isStopping)
            yield return "[yellow]ends after the step in progress; a second Ctrl+C ends at once[/]";
        else if (progress.Ahead > 0)
            yield return $"[grey]{Format.Queued(progress.Ahead)}[/]";
        else if (progress.Phase != RunPhase.Training)
            yield return $"[grey]{(progress.Phase == RunPhase.Preparing ? "preparing data and experts" : "evaluating")}[/]";
    }
}
