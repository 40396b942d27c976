using System.Collections.Immutable;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>The experts and routers of a run.</summary>
internal sealed class ExpertsAndRouters
{
    // Each may have a piece of 16 MB under way.
    private const int ReadAtOnce = 16;

    private readonly RetryPolicy _retry;
    private readonly int _parameters;
    private readonly int _optimiserState;

    public ExpertsAndRouters(IGrainFactory grains, AssignmentPlanner silos, RunContext context, RunSpec spec, Deployment deployment, RetryPolicy retry)
    {
        // Half a minute: until then the cluster has declared a silo dead that died. A call that is merely late costs no trained step.
        _retry = retry with { AttemptLimit = 14, IsTransient = CallFailure.IsUnreachable };
        (Silos, Context) = (silos, context);
        _parameters = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches).Length;
        _optimiserState = Optimiser.StateLength(spec.Training.Expert, _parameters);
        Experts = [.. Enumerable.Range(0, spec.Model.Experts).Select(m => grains.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, m)))];
        Routers = [.. Enumerable.Range(0, deployment.Shards).Select(s => grains.GetGrain<IRouterGrain>(GrainKeys.Of(context.RunId, s)))];
    }

    /// <summary>The silos that they are assigned to.</summary>
    public AssignmentPlanner Silos { get; }

    public RunContext Context { get; }

    public IReadOnlyList<IExpertGrain> Experts { get; }

    public IReadOnlyList<IRouterGrain> Routers { get; }

    /// <summary>Elements of an expert's weights and optimiser state.</summary>
    public int StateLength => _parameters + _optimiserState;

    /// <summary>The shards of a minibatch: at most one for each router.</summary>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="block">Positions a block.</param>
    public IReadOnlyList<BlockRange> Shards(int samples, int block) => ShardCut.Cut(ShardCut.Blocks(samples, block), Routers.Count);

    /// <summary>Copies an expert's state.</summary>
    /// <param name="expert">The expert.</param>
    /// <param name="generation">The generation that it is in.</param>
    /// <param name="version">The version that it is at.</param>
    /// <param name="best">Version of the weights that it keeps as the best ones; null if it keeps none.</param>
    /// <exception cref="RecoverableException">The expert cannot be read, or is at another version or generation.</exception>
    public async Task<ExpertCopy> Copy(int expert, long generation, long version, long? best)
    {
        var (weights, silo) = await Read(expert, ExpertTensor.Weights, _parameters, generation, version);
        var (state, _) = await Read(expert, ExpertTensor.OptimiserState, _optimiserState, generation, version);
        var bestWeights = best is { } step ? (await Read(expert, ExpertTensor.BestWeights, _parameters, generation, step)).Values : null;
        return new ExpertCopy(generation, version, weights, state, best ?? 0, bestWeights, silo);
    }

    /// <summary>Reads the weights of all experts, a few at a time.</summary>
    /// <param name="tensor">The weights, or the best ones.</param>
    /// <param name="generation">The generation that they are in.</param>
    /// <param name="version">The version of the weights.</param>
    /// <exception cref="RecoverableException">An expert cannot be read, or is at another version or generation.</exception>
    public async Task<ImmutableArray<WireTensor<float>>> ReadWeights(ExpertTensor tensor, long generation, long version)
    {
        var weights = ImmutableArray.CreateBuilder<WireTensor<float>>(Experts.Count);
        foreach (var some in Enumerable.Range(0, Experts.Count).Chunk(ReadAtOnce))
            weights.AddRange((await Task.WhenAll(some.Select(m => Read(m, tensor, _parameters, generation, version)))).Select(read => new WireTensor<float>(read.Values)));
        return weights.MoveToImmutable();
    }

    /// <summary>Reads an array of an expert, piece by piece.</summary>
    /// <param name="expert">The expert.</param>
    /// <param name="tensor">The array.</param>
    /// <param name="length">Its elements.</param>
    /// <param name="generation">The generation that the expert is in.</param>
    /// <param name="version">The version that the array is at.</param>
    /// <returns>The array, and the name of the expert's silo.</returns>
    /// <exception cref="RecoverableException">The expert cannot be read, or is at another version or generation.</exception>
    private async Task<(float[] Values, string Silo)> Read(int expert, ExpertTensor tensor, int length, long generation, long version)
    {
        var silo = "";
        var values = await RecoverableException.Wrap($"{Silos.Expert(expert)} could not be read at version {version}", () => TensorPiece.ReadAll(length, async first =>
        {
            var piece = await _retry.Run(_ => Experts[expert].Read(tensor, first));
            if (piece.Version != version || piece.Generation != generation)
                throw new RecoverableException($"Expert {expert} on silo {piece.Silo} is at version {piece.Version} of generation {piece.Generation}, expected version {version} of generation {generation}.");
            silo = piece.Silo;
            return piece.Values;
        }));
        return (values, silo);
    }

    /// <summary>Deactivates all of them.</summary>
    public Task Release() => Task.WhenAll([.. Experts.Select(expert => expert.Release()), .. Routers.Select(router => router.Release())]);
}
