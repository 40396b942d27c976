using System.Collections.Immutable;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>What the steps of a run do, for those who watch it. Totals begin with the coordinator: they fall if it moves to another silo.</summary>
/// <param name="Step">The last step that has ended; -1 if none has.</param>
/// <param name="Rows">What the rows of <paramref name="Counts"/> are.</param>
/// <param name="Counts">Samples of the last step, rows x experts.</param>
/// <param name="Experts">Totals of each expert.</param>
/// <param name="Totals">Totals of the steps.</param>
/// <param name="Traces">The calls of some of the last steps, the newest last.</param>
/// <param name="Silo">The silo of the coordinator.</param>
/// <param name="Assignment">The silos of experts and routers.</param>
/// <param name="Generation">The generation that holds the run.</param>
/// <param name="Restarts">How often the run went back to step 0.</param>
[GenerateSerializer, Immutable, Alias("moe.DispatchStatus.v1")]
internal sealed record DispatchStatus(
    [property: Id(0)] long Step,
    [property: Id(1)] CountedBy Rows,
    [property: Id(2)] WireTensor<int> Counts,
    [property: Id(3)] ImmutableArray<ExpertTotals> Experts,
    [property: Id(4)] StepTotals Totals,
    [property: Id(5)] ImmutableArray<StepTrace> Traces,
    [property: Id(6)] string Silo,
    [property: Id(7)] RunAssignment Assignment,
    [property: Id(8)] long Generation,
    [property: Id(9)] int Restarts);

/// <summary>What samples are counted by.</summary>
internal enum CountedBy
{
    /// <summary>By cluster.</summary>
    Cluster = 0,

    /// <summary>By shard: the clusters of the data are not known.</summary>
    Shard = 1,
}

/// <summary>Totals of one expert. Times are in milliseconds.</summary>
/// <param name="Samples">Samples committed, each step once.</param>
/// <param name="Dispatches">Dispatches that the next three are the times of.</param>
/// <param name="CommitWait">Waiting for the commit of the step before.</param>
/// <param name="Queue">Waiting for a thread of the compute lane.</param>
/// <param name="Compute">Computing.</param>
/// <param name="Commits">Commits that <paramref name="Commit"/> is the time of.</param>
/// <param name="Commit">Committing.</param>
[GenerateSerializer, Immutable, Alias("moe.ExpertTotals.v1")]
internal record struct ExpertTotals(
    [property: Id(0)] long Samples,
    [property: Id(1)] long Dispatches,
    [property: Id(2)] double CommitWait,
    [property: Id(3)] double Queue,
    [property: Id(4)] double Compute,
    [property: Id(5)] long Commits,
    [property: Id(6)] double Commit);

/// <summary>Totals of the steps that have ended: how many, and their phases (<see cref="StepPhases"/>) in milliseconds.</summary>
/// <param name="Steps">Number of steps.</param>
/// <param name="Between">Before they began.</param>
/// <param name="Route">For routers, without their wait for experts.</param>
/// <param name="Dispatch">For routers while they waited for experts.</param>
/// <param name="Fold">For the coordinator's own sums.</param>
/// <param name="Commit">For commits.</param>
[GenerateSerializer, Immutable, Alias("moe.StepTotals.v1")]
internal record struct StepTotals(
    [property: Id(0)] long Steps,
    [property: Id(1)] double Between,
    [property: Id(2)] double Route,
    [property: Id(3)] double Dispatch,
    [property: Id(4)] double Fold,
    [property: Id(5)] double Commit);
