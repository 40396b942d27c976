using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>The experts and routers of a run.</summary>
internal sealed class ExpertsAndRouters
{
    public ExpertsAndRouters(IGrainFactory grains, AssignmentPlanner silos, RunContext context, RunSpec spec, Deployment deployment)
    {
        (Silos, Context) = (silos, context);
        Experts = [.. Enumerable.Range(0, spec.Model.Experts).Select(m => grains.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, m)))];
        Routers = [.. Enumerable.Range(0, deployment.Shards).Select(s => grains.GetGrain<IRouterGrain>(GrainKeys.Of(context.RunId, s)))];
    }

    /// <summary>The silos that they are assigned to.</summary>
    public AssignmentPlanner Silos { get; }

    public RunContext Context { get; }

    public IReadOnlyList<IExpertGrain> Experts { get; }

    public IReadOnlyList<IRouterGrain> Routers { get; }

    /// <summary>The shards of a minibatch: at most one for each router.</summary>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="block">Positions a block.</param>
    public IReadOnlyList<BlockRange> Shards(int samples, int block) => ShardCut.Cut(ShardCut.Blocks(samples, block), Routers.Count);

    /// <summary>Reads experts that are all at one version of a generation.</summary>
    /// <param name="experts">The experts.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="version">The version.</param>
    /// <exception cref="RecoverableException">An expert cannot be read, or is at another version or generation.</exception>
    public async Task<ExpertSnapshot[]> Read(IReadOnlyList<int> experts, Func<IExpertGrain, Task<ExpertSnapshot>> read, long generation, long version)
    {
        var snapshots = await Task.WhenAll(experts.Select(m => RecoverableException.Wrap($"{Silos.Expert(m)} could not be read at version {version}", () => read(Experts[m]))));
        for (var i = 0; i < snapshots.Length; i++)
        {
            if (snapshots[i].Version != version || snapshots[i].Generation != generation)
                throw new RecoverableException($"Expert {experts[i]} on silo {snapshots[i].Silo} is at version {snapshots[i].Version} of generation {snapshots[i].Generation}, expected version {version} of generation {generation}.");
        }

        return snapshots;
    }

    /// <summary>Deactivates all of them.</summary>
    public Task Release() => Task.WhenAll([.. Experts.Select(expert => expert.Release()), .. Routers.Select(router => router.Release())]);
}
