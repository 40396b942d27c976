using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Training;

/// <summary>A run of a cluster, which goes on whoever watches it.</summary>
/// <param name="grains">The cluster's grains.</param>
/// <param name="info">The run, as it was last seen.</param>
internal sealed class ClusterRun(IGrainFactory grains, QueueEntry info)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(200);

    private readonly IRunQueueGrain _runs = grains.GetGrain<IRunQueueGrain>(0);

    /// <summary>The run, as it was last seen.</summary>
    public QueueEntry Info => info;

    /// <summary>Gives a run to the cluster.</summary>
    public static async Task<ClusterRun> Submit(IGrainFactory grains, RunRequest request) => new(grains, await grains.GetGrain<IRunQueueGrain>(0).Submit(request));

    /// <summary>Finds a run by the beginning of its id.</summary>
    /// <exception cref="InputException">There is none, or several.</exception>
    public static async Task<ClusterRun> Find(IGrainFactory grains, string prefix)
    {
        // It would be the beginning of every id.
        if (string.IsNullOrWhiteSpace(prefix)) throw new InputException("RUN: needs a run's id, or the beginning of it; 'moe runs' lists them");
        var all = await grains.GetGrain<IRunQueueGrain>(0).List();
        return all.Where(run => run.RunId.StartsWith(prefix, StringComparison.Ordinal)).ToArray() switch
        {
            [var run] => new ClusterRun(grains, run),
            [] => throw new InputException($"{prefix.ReplaceLineEndings(" ")}: the cluster knows no such run; 'moe runs' lists them"),
            var several => throw new InputException($"{prefix}: {several.Length} runs begin so, such as {several[0].RunId} and {several[1].RunId}; type more of it"),
        };
    }

    /// <summary>Ends the run after its step, or takes it out of the queue.</summary>
    public async Task Stop() => info = await PatientCall.Ask(() => _runs.Stop(info.RunId)) ?? throw Lost();

    /// <summary>Watches the run to its end, its time in the queue included, and fetches what it has made.</summary>
    /// <param name="report">Receives how far it is.</param>
    /// <param name="isOwn">Whether an interruption ends the run, and not only the watching.</param>
    /// <param name="interrupted">The interruption.</param>
    /// <exception cref="OperationCanceledException">Interrupted, and the run was left alone or had not begun.</exception>
    /// <exception cref="InvalidOperationException">The run has failed, or was lost.</exception>
    public async Task<RunResult> Follow(Action<RunProgress> report, bool isOwn, CancellationToken interrupted)
    {
        var coordinator = grains.GetGrain<ICoordinatorGrain>(info.RunId);
        while (true)
        {
            if (interrupted.IsCancellationRequested)
            {
                if (isOwn) await Stop();
                // It may have begun in this moment: then it ends after its step.
                if (!isOwn || info.State == QueueEntryState.Withdrawn) throw new OperationCanceledException(interrupted);
            }

            if (info.State == QueueEntryState.Withdrawn) throw new InvalidOperationException($"run {info.RunId} was stopped before it began");
            if (info.State != QueueEntryState.Queued && await PatientCall.Ask(coordinator.GetRequest) is { } request)
                return await new RunFollower(info.RunId, coordinator, request).Follow(report, isOwn ? Stop : null, interrupted);
            if (info.Error is { } error) throw new InvalidOperationException(error);
            report.Show(new RunProgress(RunPhase.Preparing, [], info.Steps, Stopping: false, info.Ahead));
            await Task.Delay(s_pollInterval, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            info = (await PatientCall.Ask(_runs.List)).FirstOrDefault(run => run.RunId == info.RunId) ?? throw Lost();
        }
    }

    private InvalidOperationException Lost() => new($"run {info.RunId} is no longer known to the cluster");
}
