using System.Collections.Immutable;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>Memory of a silo in a run, in bytes.</summary>
/// <param name="Process">The program, its runtime and Orleans.</param>
/// <param name="Data">Training and test samples. Silos of one machine share the rows.</param>
/// <param name="Experts">Weights, optimiser state and best weights.</param>
/// <param name="Gradients">Gradients of the step in progress: one for each piece of work, kept for the next step.</param>
/// <param name="Routers">Buffers of routers: positions, gates, probabilities, sums.</param>
/// <param name="Samples">By payload: the rows of this step and the next.</param>
/// <param name="Run">On the coordinator's silo: records of all steps, and all weights at the end of the run.</param>
internal sealed record SiloMemory(double Process, double Data, double Experts, double Gradients, double Routers, double Samples, double Run)
{
    // A record of a step and its node in the list of records.
    private const double RecordBytes = 136;

    public double Total => Process + Data + Experts + Gradients + Routers + Samples + Run;

    /// <summary>The memory of each silo.</summary>
    /// <param name="step">The step.</param>
    /// <param name="machine">The machine's constants.</param>
    public static ImmutableArray<SiloMemory> Of(PlannedStep step, MachineConstants machine) => [.. Enumerable.Range(0, step.Deployment.Silos).Select(silo => Of(step, silo, machine))];

    private static SiloMemory Of(PlannedStep step, int silo, MachineConstants machine)
    {
        var (spec, isPayload) = (step.Spec, step.Deployment.Dispatch == DispatchMode.Payload);
        var shards = Enumerable.Range(0, step.Shards.Length).Where(s => step.SiloOfRouter[s] == silo).ToArray();
        var experts = Enumerable.Range(0, step.Experts).Where(m => step.SiloOfExpert[m] == silo).ToArray();
        var hasData = !isPayload || shards.Length > 0;
        var best = spec.Training.KeepBest ? step.Parameters : 0;
        var state = (double)step.Parameters + Optimiser.StateLength(spec.Training.Expert, step.Parameters) + best;
        return new SiloMemory(
            machine.Actors.SiloMegabytes * 1024 * 1024,
            hasData ? DataBytes(spec.Data) : 0,
            sizeof(float) * state * experts.Length,
            sizeof(float) * (double)step.Parameters * experts.Sum(m => Enumerable.Range(0, step.Shards.Length).Sum(s => Pieces(step, s, m))),
            shards.Sum(s => RouterBytes(step, s)),
            isPayload ? 2 * SampleBytes(spec.Data) * experts.Sum(m => step.Loads[m] * shards.Aggregate(step.Samples, (samples, s) => samples - step.Shards[s].Samples)) : 0,
            silo == 0 ? (RecordBytes * spec.Training.Steps) + (sizeof(float) * step.Experts * ((double)step.Parameters + best)) : 0);
    }

    // Rows, the sum of a sample's patches, label and cluster.
    private static double DataBytes(DataSpec data) => ((double)data.Train + data.Test) * sizeof(float) * ((data.Patches * data.Dim) + data.Dim + 2);

    private static double SampleBytes(DataSpec data) => sizeof(int) + (sizeof(float) * (double)data.Patches * data.Dim);

    private static double Pieces(PlannedStep step, int shard, int expert)
    {
        var dispatch = step.Dispatch(shard, expert);
        if (dispatch.Probability == 0) return 0;
        var largest = Math.Max(256, dispatch.Samples / (8.0 * step.Deployment.Threads));
        // Pieces are halves of halves, so there are up to twice as many; and one for each node at least.
        return dispatch.Probability * Math.Clamp(2 * dispatch.Samples / largest, step.Shards[shard].Nodes, step.Shards[shard].Range.Count);
    }

    // Two steps are under way, each with its buffers.
    private static double RouterBytes(PlannedStep step, int shard)
    {
        var (planned, routing) = (step.Shards[shard], step.Spec.Routing);
        var perSample = (7.0 * sizeof(int)) + (routing.Gate == GateKind.Softmax ? sizeof(double) * step.Experts : 0) + (step.Router.Balance == BalanceKind.Scores ? sizeof(float) * step.Experts : 0);
        var sums = sizeof(float) * (double)step.Router.Length * Math.Min(planned.Range.Count, (2 * 8.0 * step.Deployment.Threads) + planned.Nodes);
        return 2 * ((perSample * planned.Samples) + sums);
    }
}
