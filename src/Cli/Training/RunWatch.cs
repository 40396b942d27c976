using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Training;

/// <summary>Receives how far a run is.</summary>
/// <param name="progress">How far the run is.</param>
/// <param name="isStopping">Whether the user has asked the run to end.</param>
internal delegate void ProgressReport(RunProgress progress, bool isStopping);

/// <summary>Follows runs to their ends.</summary>
internal static class RunWatch
{
    /// <summary>Starts a run on the silo of this process, next to its other runs, and follows it; deletes the run in the end.</summary>
    /// <param name="client">The client of the silo.</param>
    /// <param name="spec">What to train.</param>
    /// <param name="deployment">How to spread the run.</param>
    /// <param name="productsInterval">Steps between records of the products; 0 records none.</param>
    /// <param name="report">Receives the progress.</param>
    /// <param name="interrupted">Asks the run to end after its step.</param>
    /// <param name="tracedShare">Share of the steps that are traced.</param>
    /// <param name="routing">Writes the record of routing; null if none is wanted.</param>
    /// <exception cref="OperationCanceledException">The user interrupted before the run was started.</exception>
    /// <exception cref="RunFailedException">The run failed.</exception>
    public static async Task<RunResult> Train(
        TrainingClient client, RunSpec spec, Deployment deployment, int productsInterval, ProgressReport report, CancellationToken interrupted, double tracedShare = 0, RoutingRecord? routing = null)
    {
        interrupted.ThrowIfCancellationRequested();
        var run = await client.StartUnqueued(spec, deployment, productsInterval, tracedShare, routing?.Interval ?? 0);
        try
        {
            return await FollowOwn(run, report, interrupted, routing);
        }
        finally
        {
            await CleanUp.Try(run.Delete);
        }
    }

    /// <summary>Follows a run of this command: an interruption ends the run after its step.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">Receives the progress.</param>
    /// <param name="interrupted">Asks the run to end after its step.</param>
    /// <param name="routing">Writes the record of routing; null if none is wanted.</param>
    /// <exception cref="OperationCanceledException">The user interrupted before the run began.</exception>
    /// <exception cref="RunFailedException">The run failed, or was lost.</exception>
    public static Task<RunResult> FollowOwn(RunHandle run, ProgressReport report, CancellationToken interrupted, RoutingRecord? routing = null) =>
        FollowOwn(run, report, routing, interrupted, left: CancellationToken.None);

    /// <summary>Follows a run that another signal leaves alone.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">Receives the progress.</param>
    /// <param name="routing">Writes the record of routing; null if none is wanted.</param>
    /// <param name="interrupted">Asks the run to end after its step.</param>
    /// <param name="left">Ends the following, and leaves the run alone.</param>
    /// <exception cref="OperationCanceledException">The user interrupted before the run began, or the run is left.</exception>
    /// <exception cref="RunFailedException">The run failed, or was lost.</exception>
    public static async Task<RunResult> FollowOwn(RunHandle run, ProgressReport report, RoutingRecord? routing, CancellationToken interrupted, CancellationToken left)
    {
        var isStopping = false;
        try
        {
            await foreach (var progress in run.Progress(left))
            {
                if (!isStopping && interrupted.IsCancellationRequested)
                {
                    isStopping = true;
                    await run.Stop();
                }

                Report(report, progress, isStopping);
                if (routing is not null) await routing.Fetch(run);
            }
        }
        catch (RunFailedException failure) when (isStopping && failure.State == QueueEntryState.Withdrawn)
        {
            throw new OperationCanceledException(interrupted);
        }
        catch (RunFailedException failure)
        {
            // Before the run is deleted.
            if (routing is not null) await CleanUp.Try(() => Complete(routing, run));
            throw await run.FetchTrained(failure, CancellationToken.None);
        }

        if (routing is not null) await routing.Fetch(run);
        return await run.GetResult(left);
    }

    /// <summary>Keeps the record of a run that failed.</summary>
    private static async Task Complete(RoutingRecord routing, RunHandle run)
    {
        await routing.Fetch(run);
        routing.Complete(run.RunId);
    }

    /// <summary>Follows a run that another command started: an interruption leaves the run alone.</summary>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    /// <exception cref="ViewClosedException">The reader of the progress has closed its pipe.</exception>
    /// <exception cref="RunFailedException">The run failed, was stopped before its first step, or was lost.</exception>
    public static async Task<RunResult> FollowOther(RunHandle run, ProgressReport report, CancellationToken interrupted)
    {
        try
        {
            await foreach (var progress in run.Progress(interrupted))
            {
                if (!Report(report, progress, isStopping: false)) throw new ViewClosedException();
            }
        }
        catch (RunFailedException failure)
        {
            throw WithHint(run, failure);
        }

        return await run.GetResult(interrupted);
    }

    /// <summary>The failure of a run whose cluster stays: says how to fetch what is left of it.</summary>
    public static RunFailedException WithHint(RunHandle run, RunFailedException failure) => failure.FinalVersion is null ? failure : new RunFailedException(
        $"{failure.Message}; its trained weights are kept: 'moe fetch {run.RunId} --output DIR' writes them", failure.State)
    {
        FinalVersion = failure.FinalVersion,
        Trained = failure.Trained,
    };

    // A full or closed log must not end the run. False if the log's reader has ended.
    private static bool Report(ProgressReport report, RunProgress progress, bool isStopping)
    {
        try
        {
            report(progress, isStopping);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return !StandardError.IsClosedByReader(failure);
        }
    }
}
