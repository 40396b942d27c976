using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Training;

/// <summary>What a command does with a named run, which an earlier command may have started.</summary>
internal static class NamedRun
{
    /// <summary>Follows a named run to its end. Ctrl+C ends the run after its step; SIGTERM and the end of the terminal leave it alone.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">Receives the progress.</param>
    /// <param name="interruption">The signals to the command.</param>
    /// <exception cref="RunLeftException">The command has to end, and the run goes on.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted before the run began.</exception>
    /// <exception cref="RunFailedException">The run failed, was stopped before its first step, or was lost.</exception>
    public static async Task<RunResult> Follow(RunHandle run, ProgressReport report, Interruption interruption)
    {
        var (id, name) = (run.RunId, run.Info.Name);
        if (run.IsFound) Consoles.Note($"run {id} has the name {name}, and is {RunsTable.State(run.Info)}");
        try
        {
            return await RunWatch.FollowOwn(run, report, routing: null, interruption.Stop, interruption.Leave);
        }
        catch (OperationCanceledException) when (interruption.Leave.IsCancellationRequested)
        {
            throw new RunLeftException($"run {id} goes on; the same command follows it again, moe stop {name} stops it");
        }
        catch (RunFailedException failure) when (failure.IsLost)
        {
            throw new RunFailedException($"{failure.Message}; the same command begins it again, with the same bits", failure.State);
        }
    }

    /// <summary>How a run that the command does not follow has ended, if it has.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Whether it was stopped after some steps.</returns>
    /// <exception cref="RunFailedException">The run failed, or was stopped before its first step.</exception>
    public static async Task<bool> WasStopped(RunHandle run)
    {
        var info = run.Info;
        return info.State switch
        {
            QueueEntryState.Failed => throw new RunFailedException(info.Error!, info.State),
            QueueEntryState.Withdrawn => throw new RunFailedException(info.Error ?? $"run {info.RunId} was stopped before its first step", info.State),
            QueueEntryState.Done => (await run.Status(int.MaxValue, CancellationToken.None)).Summary is { StopReason: StopReason.Interrupted },
            _ => false,
        };
    }
}
