using MoeOrleans.Grains.Placement;
using MoeOrleans.Runs.Requests;
using Orleans.Concurrency;

namespace MoeOrleans.Grains.Silos;

/// <summary>
/// Stands for one silo and lives on it: says what the silo is, prepares it for a run, and follows the run's assignment table.
/// Key: the silo's name.
/// </summary>
[Alias("moe.ISiloGrain.v1")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>What the silo is, and what lives on it.</summary>
    [AlwaysInterleave, Alias("Describe")]
    Task<SiloDescription> Describe();

    /// <summary>Makes or maps the run's data set, unless it is here already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">Whether the silo needs the data set.</param>
    /// <returns>What has to be the same on every silo of the run.</returns>
    [AlwaysInterleave, Alias("Prepare")]
    Task<SiloFingerprint> Prepare(RunContext run, bool data);

    /// <summary>Sets where the run's grains belong; new activations are placed by it from now on.</summary>
    /// <param name="assignment">The table.</param>
    [AlwaysInterleave, Alias("Assign")]
    Task Assign(RunAssignment assignment);

    /// <summary>Another silo, or this one, is about to leave: this one places nothing there any more.</summary>
    /// <param name="silo">Name of the silo that leaves.</param>
    [AlwaysInterleave, Alias("Drain")]
    Task Drain(string silo);

    /// <summary>The run is over or unwanted: its compute stops between two blocks, and what the silo keeps of it is dropped.</summary>
    /// <param name="runId">The run.</param>
    [AlwaysInterleave, Alias("Release")]
    Task Release(string runId);
}
