using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Coordinator.Weights;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// Finds what a lost silo leaves on the others. If the queue was lost with it, the new one adopts the runs that are active. If a
/// coordinator was lost, its experts and routers are released: no other grain would release them.
/// </summary>
/// <param name="grains">Where grains are found.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="calls">Calls to silos and coordinators that may be lost.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class OrphanSearch(IGrainFactory grains, ClusterSilos silos, BestEffortCalls calls, TimeProvider time, ILogger log)
{
    // A call that was under way when its run was released activates an expert again, after half a minute if the directory was busy.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    // Addresses, not names: a silo that was lost may be back under its name.
    private ImmutableHashSet<SiloAddress> _searched = [];
    private long _searchedAt;

    /// <summary>Makes the next search look, though the cluster has the same silos.</summary>
    public void Invalidate() => _searched = [];

    /// <summary>
    /// Searches all silos if the cluster has other silos than at the last search that found nothing to release, or if that was half a minute ago.
    /// </summary>
    /// <param name="queue">Receives the runs that are found.</param>
    /// <returns>Whether the queue knows every run that a silo has.</returns>
    public async Task<bool> Search(RunQueue queue)
    {
        var (names, notEnded) = (silos.Names, silos.NotEnded);
        if (_searched.SetEquals(notEnded) && time.GetElapsedTime(_searchedAt) < s_interval) return true;
        var described = await Task.WhenAll(names.Select(name => calls.TryCall(Silo(name).Describe())));
        var allAnswered = !described.Contains(null);
        var (complete, isReleased) = (allAnswered, false);
        foreach (var found in described.OfType<SiloDescription>().SelectMany(silo => silo.Grains).GroupBy(grain => grain.RunId).OrderBy(run => run.Key, StringComparer.Ordinal))
        {
            // The queue looks after the active run, and a queued one has no grains to release.
            if (queue.Entry(found.Key) is { State: QueueEntryState.Active or QueueEntryState.Queued }) continue;
            complete &= await calls.TryCall(Coordinator(found.Key).GetStatus(int.MaxValue)) is { } status && status.Phase switch
            {
                not RunPhase.Unknown => await Adopt(queue, found.Key, status),
                // A coordinator that is listed exists, though the call missed it. One that is moving is listed nowhere for a moment.
                _ when allAnswered && found.All(grain => grain.Kind != HostedGrainKind.Coordinator) => isReleased = await Release(found.Key, [.. found]),
                _ => false,
            };
        }

        // After a release it looks again, until nothing is left.
        if (complete && !isReleased) (_searched, _searchedAt) = (notEnded, time.GetTimestamp());
        return complete;
    }

    /// <summary>Adds a run that another queue has started.</summary>
    private async Task<bool> Adopt(RunQueue queue, string runId, RunStatus status)
    {
        if (queue.Entry(runId) is not null) return true;
        if (await calls.TryCall(Request()) is not { } request) return false;
        // The time of its submission was lost with the other queue.
        queue.Add(new SubmittedRun(request, TrainingRun.Check(request).Training.Steps, time.GetUtcNow(), QueueEntryState.Active).With(status));
        LogAdopted(log, runId);
        return true;

        async Task<RunRequest> Request() => await Coordinator(runId).GetRequest() ?? throw new InvalidOperationException($"Run {runId} was lost.");
    }

    /// <summary>Releases the experts and routers of a run without a coordinator.</summary>
    private async Task<bool> Release(string runId, HostedGrain[] found)
    {
        LogOrphans(log, runId, found.Length);
        var released = await Task.WhenAll(
        [
            .. silos.Names.Select(name => calls.TryCall(Silo(name).Release(runId))),
            .. found.Select(grain => calls.TryCall(Release(GrainKeys.Of(runId, grain.Index), grain.Kind))),
        ]);
        return !released.Contains(false);

        Task Release(string key, HostedGrainKind kind) => kind switch
        {
            HostedGrainKind.Expert => grains.GetGrain<IExpertGrain>(key).Release(),
            HostedGrainKind.Weights => grains.GetGrain<IWeightsGrain>(key).Release(),
            _ => grains.GetGrain<IRouterGrain>(key).Release(),
        };
    }

    private ICoordinatorGrain Coordinator(string runId) => grains.GetGrain<ICoordinatorGrain>(runId);

    private ISiloGrain Silo(string name) => grains.GetGrain<ISiloGrain>(name);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Information, Message = "The queue adopts run {RunId}, which another queue has started")]
    private static partial void LogAdopted(ILogger log, string runId);

    [LoggerMessage(EventId = 2107, Level = LogLevel.Warning, Message = "Run {RunId} has no coordinator: its {Grains} experts, routers and weights are released")]
    private static partial void LogOrphans(ILogger log, string runId, int grains);
}
