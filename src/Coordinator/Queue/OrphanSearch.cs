using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// Finds what a silo that has gone leaves on the others. The queue may have gone with it: then this one has to take the runs that go on.
/// Or a coordinator has: then nobody else tells its experts and routers to go.
/// </summary>
/// <param name="grains">Where grains are found.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="log">The log.</param>
internal sealed partial class OrphanSearch(IGrainFactory grains, ClusterSilos silos, ILogger log)
{
    private readonly BestEffortCalls _quietly = new(log);
    private ImmutableArray<string> _searched = [];

    /// <summary>Something may have been left behind though no silo has come or gone.</summary>
    public void Again() => _searched = [];

    /// <summary>Searches the silos where one has come or gone, until all of them have answered.</summary>
    /// <param name="queue">Receives the runs that are found.</param>
    public async Task Search(RunQueue queue)
    {
        var names = silos.Names;
        if (_searched.SequenceEqual(names)) return;
        var described = await Task.WhenAll(names.Select(name => _quietly.Ask(Silo(name).Describe())));
        var all = !described.Contains(null);
        var done = all;
        foreach (var found in described.OfType<SiloDescription>().SelectMany(silo => silo.Grains).GroupBy(grain => grain.RunId).OrderBy(run => run.Key, StringComparer.Ordinal))
        {
            // One that is active or waits is looked after.
            if (queue.Info(found.Key) is { State: QueueEntryState.Active or QueueEntryState.Queued }) continue;
            done &= await _quietly.Ask(Coordinator(found.Key).GetStatus(int.MaxValue)) is { } status && status.Phase switch
            {
                not RunPhase.Unknown => await Adopt(queue, found.Key, status),
                // One that is somewhere was only not found, and one that moves is nowhere for a moment.
                _ when all && found.All(grain => grain.Kind != HostedGrainKind.Coordinator) => await Release(found.Key, [.. found]),
                _ => false,
            };
        }

        if (done) _searched = names;
    }

    /// <summary>Takes a run that another queue has started.</summary>
    private async Task<bool> Adopt(RunQueue queue, string runId, RunStatus status)
    {
        if (queue.Info(runId) is not null) return true;
        if (await _quietly.Ask(Request()) is not { } request) return false;
        // When it came nobody knows any more.
        queue.Add(new SubmittedRun(request, TrainingRun.Check(request).Training.Steps, TimeProvider.System.GetUtcNow(), QueueEntryState.Active).With(status));
        LogAdopted(log, runId);
        return true;

        async Task<RunRequest> Request() => await Coordinator(runId).GetRequest() ?? throw new InvalidOperationException($"Run {runId} is gone.");
    }

    /// <summary>Experts and routers of a run without a coordinator go, and silos forget it.</summary>
    private async Task<bool> Release(string runId, HostedGrain[] found)
    {
        LogLeftBehind(log, runId);
        var heard = await Task.WhenAll(
        [
            .. silos.Names.Select(name => _quietly.Do(Silo(name).Release(runId))),
            .. found.Select(grain => _quietly.Do(grain.Kind == HostedGrainKind.Expert
                ? grains.GetGrain<IExpertGrain>(GrainKeys.Of(runId, grain.Index)).Release()
                : grains.GetGrain<IRouterGrain>(GrainKeys.Of(runId, grain.Index)).Release())),
        ]);
        return !heard.Contains(false);
    }

    private ICoordinatorGrain Coordinator(string runId) => grains.GetGrain<ICoordinatorGrain>(runId);

    private ISiloGrain Silo(string name) => grains.GetGrain<ISiloGrain>(name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} is taken into the queue, which has not started it")]
    private static partial void LogAdopted(ILogger log, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} was lost with the silo of its coordinator; its experts and routers are released")]
    private static partial void LogLeftBehind(ILogger log, string runId);
}
