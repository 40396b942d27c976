using System.Collections.Immutable;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Assignment;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>
/// One step of a run as it is spread: sizes, and which silo has which grain. The coordinator is on the first silo. The spread is that of a
/// run on a new cluster (<see cref="EvenSpread"/>).
/// </summary>
internal sealed class PlannedStep
{
    /// <param name="spec">The run.</param>
    /// <param name="deployment">How it is spread.</param>
    /// <param name="loads">The share of the minibatch that each expert gets.</param>
    public PlannedStep(RunSpec spec, Deployment deployment, ImmutableArray<double> loads)
    {
        (Spec, Deployment, Loads) = (spec, deployment, loads);
        Samples = new MinibatchOrder(spec.Training, spec.Data.Train).Size(0);
        Blocks = ShardCut.Blocks(Samples, spec.Training.Block);
        Shards = [.. ShardCut.Cut(Blocks, deployment.Shards).Select(range => new PlannedShard(range, ShardCut.Samples(range, Samples, spec.Training.Block), ReductionTree.Cover(range, Blocks).Count))];
        Parameters = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches).Length;
        Router = RouterGradientLayout.Of(spec, spec.Data.Dim);
        ImmutableArray<string> silos = [.. Enumerable.Range(0, deployment.Silos).Select(SiloProcessOptions.NameOf)];
        SiloOfExpert = Spread(spec.Model.Experts);
        SiloOfRouter = Spread(deployment.Shards);

        ImmutableArray<int> Spread(int count) => [.. EvenSpread.Of(count, silos, []).Select(name => silos.IndexOf(name))];
    }

    public RunSpec Spec { get; }

    public Deployment Deployment { get; }

    /// <summary>The share of the minibatch that each expert gets.</summary>
    public ImmutableArray<double> Loads { get; }

    public int Experts => Loads.Length;

    /// <summary>Samples of the minibatch.</summary>
    public int Samples { get; }

    /// <summary>Blocks of the minibatch.</summary>
    public int Blocks { get; }

    public ImmutableArray<PlannedShard> Shards { get; }

    /// <summary>Numbers of an expert's weights.</summary>
    public int Parameters { get; }

    /// <summary>The router's sums.</summary>
    public RouterGradientLayout Router { get; }

    /// <summary>Numbers of a sample's rows.</summary>
    public int RowLength => Spec.Data.Patches * Spec.Data.Dim;

    /// <summary>The silo of each expert, from 0.</summary>
    public ImmutableArray<int> SiloOfExpert { get; }

    /// <summary>The silo of each router, from 0. Later routers may have no shard.</summary>
    public ImmutableArray<int> SiloOfRouter { get; }

    /// <summary>
    /// What a shard sends to an expert. Samples choose independently, so a shard sends nothing with probability (1 - share)^samples.
    /// </summary>
    public PlannedDispatch Dispatch(int shard, int expert)
    {
        var (samples, share) = (Shards[shard].Samples, Loads[expert]);
        var probability = 1 - Math.Pow(1 - share, samples);
        return probability <= 0 ? default : new(probability, samples * share / probability);
    }
}

/// <summary>A shard of a planned step.</summary>
/// <param name="Range">Its blocks.</param>
/// <param name="Samples">Its samples.</param>
/// <param name="Nodes">Nodes of the reduction tree that cover it.</param>
internal readonly record struct PlannedShard(BlockRange Range, int Samples, int Nodes);

/// <summary>An expected dispatch.</summary>
/// <param name="Probability">That the shard has samples for the expert.</param>
/// <param name="Samples">Their mean number if it has.</param>
internal readonly record struct PlannedDispatch(double Probability, double Samples);
