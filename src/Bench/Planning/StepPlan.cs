using System.Collections.Immutable;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>Where a run is planned to be trained.</summary>
/// <param name="Deployment">Silos, shards, threads, and how samples travel.</param>
/// <param name="Cores">Cores that each silo has for itself.</param>
/// <param name="Network">The network between silos; null if all are processes of one machine.</param>
internal sealed record PlannedCluster(Deployment Deployment, int Cores, NetworkLink? Network);

/// <summary>What one step is expected to take. Scripts rely on its JSON form.</summary>
/// <param name="Imbalance">Samples of the busiest expert over the mean.</param>
/// <param name="StepMilliseconds">Wall time.</param>
/// <param name="CpuMilliseconds">CPU time of all silos.</param>
/// <param name="Bytes">Bytes between silos.</param>
/// <param name="Calls">Calls between silos; each has a reply.</param>
/// <param name="Path">What the wall time is made of, the longest part first: it bounds the step.</param>
/// <param name="Silos">Each silo's part.</param>
internal sealed record StepPlan(
    double Imbalance, double StepMilliseconds, double CpuMilliseconds, double Bytes, double Calls, ImmutableArray<PathPart> Path, ImmutableArray<SiloPlan> Silos)
{
    /// <summary>Plans a step.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="cluster">Where it is trained.</param>
    /// <param name="loads">The share of the minibatch that each expert gets.</param>
    /// <param name="machine">What a machine of the cluster takes for each part.</param>
    public static StepPlan Of(RunSpec spec, PlannedCluster cluster, ImmutableArray<double> loads, MachineConstants machine)
    {
        var step = new PlannedStep(spec, cluster.Deployment, loads);
        var traffic = StepTraffic.Of(step);
        var cpu = SiloCpu.Of(step, traffic, machine);
        var path = CriticalPath.Of(step, cpu, traffic, machine.Actors, cluster.Cores, cluster.Network);
        var memory = SiloMemory.Of(step, machine);
        var peers = cluster.Deployment.Silos - 1;
        var background = machine.Actors.BytesPerPeerSecond * peers * path.Microseconds / 1e6;
        ImmutableArray<SiloPlan> silos =
        [
            .. cpu.Select((times, s) => new SiloPlan(
                step.SiloOfExpert.Count(silo => silo == s),
                step.SiloOfRouter.Count(silo => silo == s),
                times with { Idle = machine.Actors.IdleShare * path.Microseconds },
                traffic.Silos[s].SentBytes + background,
                traffic.Silos[s].ReceivedBytes + background,
                memory[s])),
        ];
        return new StepPlan(
            loads.Max() * loads.Length, path.Microseconds / 1e3, silos.Sum(silo => silo.Cpu.Total) / 1e3, silos.Sum(silo => silo.SentBytes),
            traffic.Silos.Sum(silo => silo.CallsMade), path.Parts, silos);
    }
}

/// <summary>What a step is expected to take on one silo.</summary>
/// <param name="Experts">Number of experts.</param>
/// <param name="Routers">Number of routers.</param>
/// <param name="Cpu">CPU time in microseconds.</param>
/// <param name="SentBytes">Bytes to other silos.</param>
/// <param name="ReceivedBytes">Bytes from other silos.</param>
/// <param name="Memory">Memory in bytes, during the whole run.</param>
internal sealed record SiloPlan(int Experts, int Routers, SiloCpu Cpu, double SentBytes, double ReceivedBytes, SiloMemory Memory);
