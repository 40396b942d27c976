using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Contracts;

namespace MoeOrleans.Coordinator.Run;

/// <summary>The experts and routers of a run.</summary>
internal sealed class RunGrains
{
    public RunGrains(IGrainFactory grains, RunSilos silos, RunContext context, RunSpec spec, Deployment deployment)
    {
        (Silos, Context) = (silos, context);
        Experts = [.. Enumerable.Range(0, spec.Model.Experts).Select(m => grains.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, m)))];
        Routers = [.. Enumerable.Range(0, deployment.Shards).Select(s => grains.GetGrain<IRouterGrain>(GrainKeys.Of(context.RunId, s)))];
    }

    /// <summary>Where they live.</summary>
    public RunSilos Silos { get; }

    public RunContext Context { get; }

    public IReadOnlyList<IExpertGrain> Experts { get; }

    public IReadOnlyList<IRouterGrain> Routers { get; }

    /// <summary>The shards of a minibatch: at most one for each router.</summary>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="block">Positions a block.</param>
    public IReadOnlyList<BlockRange> Shards(int samples, int block) => ShardCut.Cut(ShardCut.Blocks(samples, block), Routers.Count);

    /// <summary>They deactivate.</summary>
    public Task Release() => Task.WhenAll([.. Experts.Select(expert => expert.Release()), .. Routers.Select(router => router.Release())]);
}
