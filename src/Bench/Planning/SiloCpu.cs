using System.Collections.Immutable;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench.Planning;

/// <summary>CPU time of a step on one silo, in microseconds.</summary>
/// <param name="Experts">Experts: forward, loss, backward.</param>
/// <param name="Route">Routers: scores, noise, choice, gates, grouping.</param>
/// <param name="Gradient">Routers: the router's gradient.</param>
/// <param name="Commit">Experts: partial gradients added, optimiser.</param>
/// <param name="Fold">Coordinator: the routers' replies added, the router's weights updated.</param>
/// <param name="Calls">Grain calls, within the silo and to others, without their bytes.</param>
/// <param name="Bytes">Serialising, sending, receiving and reading.</param>
/// <param name="Idle">What a silo does all the time: probes, statistics, timers.</param>
/// <param name="LargestPiece">The longest piece of the experts' work, which one thread does; it is part of <paramref name="Experts"/>.</param>
internal sealed record SiloCpu(double Experts, double Route, double Gradient, double Commit, double Fold, double Calls, double Bytes, double Idle, double LargestPiece)
{
    public double Total => Experts + Route + Gradient + Commit + Fold + Calls + Bytes + Idle;

    /// <summary>The CPU time of each silo, without <see cref="Idle"/>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="traffic">Its messages.</param>
    /// <param name="machine">The machine's costs.</param>
    public static ImmutableArray<SiloCpu> Of(PlannedStep step, StepTraffic traffic, MachineConstants machine)
    {
        var silos = Enumerable.Range(0, step.Deployment.Silos).Select(_ => new double[5]).ToArray();
        var largest = new double[silos.Length];
        var (kind, activation) = (ExpertCosts(step.Spec.Model, machine), step.Spec.Model.Activation.Name);
        for (var m = 0; m < step.Experts; m++)
        {
            var silo = step.SiloOfExpert[m];
            for (var s = 0; s < step.Shards.Length; s++)
            {
                var counts = KernelCounts.Expert(step, s, m);
                var time = counts.Nanoseconds(kind, activation);
                silos[silo][0] += time;
                largest[silo] = Math.Max(largest[silo], time / Pieces(counts.Samples, step.Shards[s], step.Deployment.Threads));
            }

            silos[silo][3] += CommitNanoseconds(step, m, kind, WeightBytes(step, silo), machine);
        }

        for (var s = 0; s < step.Shards.Length; s++)
        {
            var (silo, counts) = (step.SiloOfRouter[s], KernelCounts.Router(step, s));
            silos[silo][1] += counts.RouteNanoseconds(machine.Router);
            silos[silo][2] += counts.GradientNanoseconds(machine.Router);
            silos[0][4] += (double)step.Shards[s].Nodes * step.Router.Length * machine.Router.PerSum;
        }

        silos[0][4] += step.Router.GradientLength * machine.Optimisers.GradientDescent.At(0);
        return [.. silos.Select((times, s) => new SiloCpu(
            times[0] / 1e3, times[1] / 1e3, times[2] / 1e3, times[3] / 1e3, times[4] / 1e3, CallMicroseconds(step, s, traffic, machine.Actors),
            ((traffic.Silos[s].SentBytes * machine.Actors.NanosecondsPerByteSent) + (traffic.Silos[s].ReceivedBytes * machine.Actors.NanosecondsPerByteReceived)) / 1e3,
            0, largest[s] / 1e3))];
    }

    /// <summary>The costs of a kind of expert. A kind that was not measured is planned like the slowest one that was.</summary>
    /// <param name="model">The model.</param>
    /// <param name="machine">The machine's costs.</param>
    public static ExpertConstants ExpertCosts(ModelSpec model, MachineConstants machine) =>
        machine.Experts.FirstOrDefault(kind => kind.Kind == model.Expert) ?? machine.Experts.MaxBy(kind => kind.PerOperation)!;

    private static double CommitNanoseconds(PlannedStep step, int expert, ExpertConstants kind, double bytes, MachineConstants machine)
    {
        // Nodes of all shards are added in the order of the tree; those of one shard were added before.
        var nodes = Enumerable.Range(0, step.Shards.Length).Sum(s => step.Shards[s].Nodes * step.Dispatch(s, expert).Probability);
        var rates = step.Spec.Training.Expert.IsAdam ? machine.Optimisers.Adam : machine.Optimisers.GradientDescent;
        return step.Parameters * ((Math.Max(0, nodes - 1) * kind.PerParameter) + rates.At(bytes));
    }

    // Weights, gradient and optimiser state of all experts of a silo: from one step to the next they stay in a cache, or do not.
    private static double WeightBytes(PlannedStep step, int silo)
    {
        var numbers = (2L * step.Parameters) + Optimiser.StateLength(step.Spec.Training.Expert, step.Parameters);
        return (double)sizeof(float) * numbers * step.SiloOfExpert.Count(other => other == silo);
    }

    /// <summary>Pieces that the compute lane cuts a dispatch into (<c>LaneTree</c>).</summary>
    private static double Pieces(double samples, PlannedShard shard, int threads) =>
        Math.Clamp(samples / Math.Max(256, samples / (8.0 * threads)), 1, shard.Range.Count);

    private static double CallMicroseconds(PlannedStep step, int silo, StepTraffic traffic, ActorConstants actors)
    {
        var own = traffic.Silos[silo];
        var shards = Enumerable.Range(0, step.Shards.Length).Count(s => step.SiloOfRouter[s] == silo);
        return (silo == 0 ? actors.Step : 0) + (shards * actors.Shard) + (own.LocalCalls * actors.LocalCall) + (own.CallsMade * actors.Caller) + (own.CallsServed * actors.Callee)
            + (own.Peers * actors.Exchange);
    }
}
