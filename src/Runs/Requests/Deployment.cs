using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Runs.Requests;

/// <summary>How a run is spread over silos, shards and threads. It does not change a bit of the result.</summary>
/// <param name="Silos">Number of silos.</param>
/// <param name="Shards">Shards of a minibatch; one RouterGrain each.</param>
/// <param name="Threads">Threads of each silo's compute lane.</param>
/// <param name="Dispatch">How samples travel from router to expert.</param>
[GenerateSerializer, Immutable, Alias("moe.Deployment.v1")]
public sealed record Deployment(
    [property: Id(0)] int Silos,
    [property: Id(1)] int Shards,
    [property: Id(2)] int Threads,
    [property: Id(3)] DispatchMode Dispatch)
{
    /// <summary>
    /// The default number of shards. By reference, a router costs little compared with its experts and uses all threads of its silo, so
    /// more routers on one machine only add messages. By payload, sending samples costs much, and one router a silo shares that work.
    /// </summary>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="silos">Number of silos.</param>
    /// <param name="machines">Number of machines that the silos are on.</param>
    /// <param name="dispatch">How samples travel.</param>
    public static int DefaultShards(RunSpec spec, int silos, int machines, DispatchMode dispatch) =>
        Math.Min(dispatch == DispatchMode.Payload ? silos : machines, Blocks(spec));

    /// <summary>Blocks of the first minibatch: the largest number of shards.</summary>
    /// <param name="spec">The specification of the run.</param>
    public static int Blocks(RunSpec spec) => ShardCut.Blocks(new MinibatchOrder(spec.Training, spec.Data.Train).Size(0), spec.Training.Block);
}
