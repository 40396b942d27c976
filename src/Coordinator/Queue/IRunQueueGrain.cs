using System.Collections.Immutable;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using Orleans.Concurrency;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>The runs of a cluster: one is active at a time, the others wait in the order they were submitted. One grain for the cluster, key 0.</summary>
[Alias("moe.IRunsGrain.v1")]
internal interface IRunQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a run. It starts at once, or when the runs before it have ended. Submitting a known run again changes nothing.</summary>
    /// <param name="request">The run.</param>
    /// <returns>The run; if it has a name that another run has, that run, also if its specification is another one.</returns>
    [Alias("Submit")]
    Task<QueueEntry> Submit(RunRequest request);

    /// <summary>All runs, in the order they were submitted.</summary>
    [AlwaysInterleave, Alias("List")]
    Task<ImmutableArray<QueueEntry>> List();

    /// <summary>Ends an active run after its step in progress, or withdraws a run that waits.</summary>
    /// <param name="runId">The run.</param>
    /// <returns>The run; null if there is no such run.</returns>
    [AlwaysInterleave, Alias("Stop")]
    Task<QueueEntry?> Stop(string runId);

    /// <summary>Deletes a run and its results. Deleting an active run cancels it.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Forget")]
    Task Delete(string runId);

    /// <summary>A coordinator reports that its run has ended.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Ended")]
    Task RunEnded(string runId);

    /// <summary>The silos of the cluster with the grains on each, and all runs.</summary>
    [AlwaysInterleave, Alias("GetStatus")]
    Task<ClusterStatus> GetStatus();

    /// <summary>
    /// Drains a silo that is about to leave: no new grain is placed on it, and its experts and routers move between two steps.
    /// Returns at once. <see cref="GetStatus"/> reports the grains that are still there, <see cref="HostsGrainsOn"/> when the silo may stop.
    /// </summary>
    /// <param name="silo">Name of the silo.</param>
    [AlwaysInterleave, Alias("Drain")]
    Task Drain(string silo);

    /// <summary>Whether the active run has grains on a silo or may still call grains there, or the queue itself is there and can move.</summary>
    /// <param name="silo">Name of the silo.</param>
    [AlwaysInterleave, Alias("Uses")]
    Task<bool> HostsGrainsOn(string silo);
}
