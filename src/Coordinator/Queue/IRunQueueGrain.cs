using System.Collections.Immutable;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using Orleans.Concurrency;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// The runs of a cluster: one is active at a time, others wait in the order they came. One grain for the cluster, key 0.
/// </summary>
[Alias("moe.IRunsGrain.v1")]
public interface IRunQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a run: it begins at once, or when those before it have ended. A run that was taken already is left alone.</summary>
    /// <param name="request">The run.</param>
    [Alias("Submit")]
    Task<QueueEntry> Submit(RunRequest request);

    /// <summary>The runs known, in the order they came.</summary>
    [AlwaysInterleave, Alias("List")]
    Task<ImmutableArray<QueueEntry>> List();

    /// <summary>Ends an active run after its step, takes a waiting one out of the queue.</summary>
    /// <param name="runId">The run.</param>
    /// <returns>The run; null where there is no such run.</returns>
    [AlwaysInterleave, Alias("Stop")]
    Task<QueueEntry?> Stop(string runId);

    /// <summary>Drops all that is kept of a run; one that is active is broken off, between two blocks of its step.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Forget")]
    Task Delete(string runId);

    /// <summary>Told by a coordinator whose run has ended.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Ended")]
    Task RunEnded(string runId);

    /// <summary>The silos of the cluster, with what lives on each.</summary>
    [AlwaysInterleave, Alias("GetStatus")]
    Task<ClusterStatus> GetStatus();

    /// <summary>
    /// A silo is about to leave: nothing is placed on it any more, and the experts and routers on it move at the next border
    /// between steps. Returns at once; <see cref="GetStatus"/> tells what still lives there, <see cref="HostsGrainsOn"/> whether it is done with.
    /// </summary>
    /// <param name="silo">Name of the silo.</param>
    [AlwaysInterleave, Alias("Drain")]
    Task Drain(string silo);

    /// <summary>Whether the active run has grains on a silo or may still call some there, or the queue itself is there and can go elsewhere.</summary>
    /// <param name="silo">Name of the silo.</param>
    [AlwaysInterleave, Alias("Uses")]
    Task<bool> HostsGrainsOn(string silo);
}
