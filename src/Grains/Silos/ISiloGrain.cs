using MoeOrleans.Grains.Placement;
using MoeOrleans.Runs.Requests;
using Orleans.Concurrency;

namespace MoeOrleans.Grains.Silos;

/// <summary>
/// Represents one silo, and is placed on it: describes the silo, prepares it for a run, and receives the run's assignment.
/// Key: the silo's name.
/// </summary>
[Alias("moe.ISiloGrain.v1")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>Describes the silo and lists its grains.</summary>
    [AlwaysInterleave, Alias("Describe")]
    Task<SiloDescription> Describe();

    /// <summary>Makes or maps the run's data set, unless the silo has it already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">Whether the silo needs the data set.</param>
    /// <returns>What must be equal on every silo of the run.</returns>
    [AlwaysInterleave, Alias("Prepare")]
    Task<SiloFingerprint> Prepare(RunContext run, bool data);

    /// <summary>Reports whether the silo computes, and how far its experts are with a run's step.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Work")]
    Task<SiloWork> Work(string runId);

    /// <summary>Receives the run's assignment, by which new activations are placed.</summary>
    /// <param name="assignment">The table.</param>
    [AlwaysInterleave, Alias("Assign")]
    Task Assign(RunAssignment assignment);

    /// <summary>A silo is about to leave: this silo places no new grain on it.</summary>
    /// <param name="silo">Name of the silo that leaves.</param>
    [AlwaysInterleave, Alias("Drain")]
    Task Drain(string silo);

    /// <summary>Drops what the silo holds of a run. A step in progress ends between two blocks.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Release")]
    Task Release(string runId);
}
