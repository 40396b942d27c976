using System.Diagnostics;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>Trains the remaining runs of a plan, several at a time.</summary>
/// <typeparam name="T">What stays of a run.</typeparam>
/// <param name="train">Trains a run, and writes its files.</param>
/// <param name="costs">The expected time of the runs.</param>
/// <param name="parallel">Runs at a time.</param>
internal sealed class ParallelRuns<T>(Func<PlannedRun, ProgressReport, Task<(T Run, RunSummary Summary)>> train, StepCosts costs, int parallel)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, RunProgress?> _running = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private long _start;
    private int _done;
    private int _total;
    private double _secondsDone;
    private double _secondsToDo;

    /// <summary>A line for each run that failed.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Trains runs.</summary>
    /// <param name="todo">The remaining runs.</param>
    /// <param name="kept">The number of runs that were done before.</param>
    /// <param name="report">Receives the progress.</param>
    /// <param name="interrupted">Ends the runs; finished runs stay.</param>
    /// <returns>The runs done, in the order of the plan.</returns>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public async Task<IReadOnlyList<T>> Do(IReadOnlyList<PlannedRun> todo, int kept, Action<ReproductionProgress> report, CancellationToken interrupted)
    {
        (_done, _total, _start) = (kept, kept + todo.Count, Stopwatch.GetTimestamp());
        _secondsToDo = todo.Sum(run => costs.Seconds(run.Spec));
        var finished = new T?[todo.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = interrupted };
        await Parallel.ForAsync(0, todo.Count, options, async (i, _) => finished[i] = await Do(todo[i], report));
        return [.. finished.OfType<T>()];
    }

    private async Task<T?> Do(PlannedRun planned, Action<ReproductionProgress> report)
    {
        Show(null, () => _running[planned.Name] = null);
        string line;
        T? done = null;
        try
        {
            (done, var summary) = await train(planned, (progress, _) => Show(null, () => _running[planned.Name] = progress));
            line = $"{planned.Name}   {Format.Percent(summary.TestAccuracy)}{(HasEntropy(planned.Spec) ? $"   entropy {Format.Number(summary.DispatchEntropy, "0.000")}" : "")}   {Format.Duration(TimeSpan.FromSeconds(summary.WallSeconds))}";
        }
        catch (RunFailedException failure)
        {
            // A run that fails, such as one that diverges, does not end the others.
            line = $"{planned.Name}   failed: {failure.Message.ReplaceLineEndings(" ")}";
            lock (_lock) _failures.Add(line);
        }

        Show(line, () =>
        {
            _running.Remove(planned.Name);
            _done++;
            _secondsDone += costs.Seconds(planned.Spec);
        });
        return done;

        void Show(string? finished, Action change)
        {
            lock (_lock)
            {
                change();
                report(new ReproductionProgress(_done, _total, Share(), Left(), [.. _running.Select(Running)], finished));
            }
        }
    }

    private static bool HasEntropy(RunSpec spec) => spec.Model.Experts > 1 && spec.Data.Clusters > 1;

    private static string Running(KeyValuePair<string, RunProgress?> run) =>
        run.Value is { } progress ? $"{run.Key} {progress.Records.Count}/{progress.Steps}" : run.Key;

    private double Share() => _secondsToDo == 0 ? 1 : _secondsDone / _secondsToDo;

    // At first the time that the plan expects; with each finished run more of the pace measured.
    private TimeSpan Left()
    {
        var elapsed = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        var pace = _secondsDone > 0 ? Math.Max(elapsed, 1e-3) / _secondsDone : 1;
        var share = Share();
        return TimeSpan.FromSeconds((_secondsToDo - _secondsDone) * ((share * pace) + (1 - share)));
    }
}
