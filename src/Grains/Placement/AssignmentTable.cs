using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace MoeOrleans.Grains.Placement;

/// <summary>The assignments of runs that this silo received from their coordinators.</summary>
internal sealed class AssignmentTable
{
    private readonly ConcurrentDictionary<string, RunAssignment> _runs = new();

    /// <summary>Receives a run's assignment. An older one never replaces a newer one.</summary>
    /// <param name="assignment">The assignment.</param>
    public void Receive(RunAssignment assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        _runs.AddOrUpdate(assignment.RunId, assignment, (_, known) => known.Number > assignment.Number ? known : assignment);
    }

    /// <summary>Removes a run.</summary>
    /// <param name="runId">The run.</param>
    public void Release(string runId) => _runs.TryRemove(runId, out _);

    /// <summary>A run's assignment; null if none is known.</summary>
    /// <param name="runId">The run.</param>
    public RunAssignment? Find(string runId) => _runs.GetValueOrDefault(runId);

    /// <summary>
    /// The silos that may have a grain of a run: those of its assignment, which fit together. If none of them is there, or no assignment is
    /// known, all.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="silos">Names of silos.</param>
    public ImmutableArray<string> Fitting(string runId, ImmutableArray<string> silos)
    {
        if (Find(runId) is not { } known) return silos;
        var fitting = silos.RemoveAll(silo => !known.Experts.Contains(silo) && !known.Routers.Contains(silo));
        return fitting.IsEmpty ? silos : fitting;
    }

    /// <summary>Name of the silo that an expert is assigned to; null if it is not known.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="expert">The expert.</param>
    public string? SiloOfExpert(string runId, int expert) => Find(runId) is { } known ? Of(known.Experts, expert) : null;

    /// <summary>Name of the silo that a router is assigned to; null if it is not known.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="shard">The router's shard.</param>
    public string? SiloOfRouter(string runId, int shard) => Find(runId) is { } known ? Of(known.Routers, shard) : null;

    private static string? Of(ImmutableArray<string> silos, int index) => index < silos.Length ? silos[index] : null;
}
