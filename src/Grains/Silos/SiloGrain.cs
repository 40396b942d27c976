using System.Reflection;
using MoeOrleans.Compute;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Silos;

/// <summary>Represents its silo. The silo's singletons hold all state, so the grain may be deactivated at any time.</summary>
/// <param name="silo">The silo.</param>
/// <param name="lane">Its compute lane.</param>
/// <param name="runs">Its runs.</param>
/// <param name="hosted">The grains on the silo.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="table">The assignments it places grains by.</param>
[OwnSilo, GrainType("moe.silo")]
internal sealed class SiloGrain(ILocalSiloDetails silo, ComputeLane lane, RunStore runs, HostedGrains hosted, ClusterSilos silos, AssignmentTable table) : Grain, ISiloGrain
{
    private static readonly string s_version =
        typeof(SiloGrain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <inheritdoc/>
    public Task<SiloDescription> Describe() => Task.FromResult(new SiloDescription(
        silo.Name,
        s_version,
        ContractsVersion.Current,
        NumericsVersion.Current,
        silo.SiloAddress.Endpoint.ToString(),
        Environment.ProcessId,
        lane.Threads,
        lane.Busy.TotalSeconds,
        Environment.WorkingSet,
        silos.IsDraining(silo.Name),
        hosted.Now));

    /// <inheritdoc/>
    public async Task<SiloFingerprint> Prepare(RunContext run, bool data)
    {
        if (ExpertKinds.Refusal(run.Specification) is { } refusal) throw new InvalidOperationException(refusal);
        // A silo without routers needs neither.
        if (data) await runs.Get(run).Replay;
        return new SiloFingerprint(silo.Name, ContractsVersion.Current, NumericsVersion.Current, data ? await runs.Get(run).DataSha256 : "");
    }

    /// <inheritdoc/>
    public Task<SiloWork> Work(string runId)
    {
        var (step, samples) = runs.Find(runId)?.Work.Now ?? (-1, 0);
        return Task.FromResult(new SiloWork(lane.IsBusy, step, samples));
    }

    /// <inheritdoc/>
    public Task Assign(RunAssignment assignment)
    {
        table.Receive(assignment);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Drain(string silo)
    {
        silos.Drain(silo);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release(string runId)
    {
        runs.Release(runId);
        table.Release(runId);
        return Task.CompletedTask;
    }
}
