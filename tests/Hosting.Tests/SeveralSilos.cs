using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using Orleans.TestingHost;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Several silos in this process, named Silo_0, Silo_1 and so on, and a client to them.</summary>
internal sealed class SeveralSilos : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private SeveralSilos(InProcessTestCluster cluster) => _cluster = cluster;

    public IGrainFactory Grains => _cluster.Client;

    /// <summary>Starts a cluster.</summary>
    /// <param name="count">Number of silos.</param>
    /// <param name="configure">Anything more for a silo, given its name.</param>
    public static async Task<SeveralSilos> Start(int count, Action<string, ISiloBuilder>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder((short)count);
        // The directory that silos use in earnest: a shared one would hide what happens when a silo leaves.
#pragma warning disable ORLEANSEXP003 // As in the silos.
        builder.Options.UseDistributedGrainDirectory = true;
#pragma warning restore ORLEANSEXP003
        builder.ConfigureSilo((options, silo) =>
        {
            silo.AddMoeOrleans(moe => (moe.Threads, moe.DrainTimeout) = (1, TimeSpan.Zero));
            configure?.Invoke(options.SiloName, silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        return new SeveralSilos(cluster);
    }

    /// <summary>Starts one more silo.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> Join() => (await _cluster.StartAdditionalSiloAsync()).Name;

    /// <summary>A silo is gone without a word.</summary>
    public Task Kill(string name) => _cluster.KillSiloAsync(Handle(name), TestContext.Current.CancellationToken);

    /// <summary>A silo is stopped.</summary>
    public Task Stop(string name) => _cluster.StopSiloAsync(Handle(name), TestContext.Current.CancellationToken);

    /// <summary>A service of a silo.</summary>
    public T Of<T>(string name)
        where T : notnull => Handle(name).ServiceProvider.GetRequiredService<T>();

    /// <summary>What lives where of a run, by silo.</summary>
    public IReadOnlyDictionary<string, HostedGrain[]> Hosted(string runId) => _cluster.Silos.Where(silo => silo.IsActive)
        .ToDictionary(silo => silo.Name, silo => Of<HostedGrains>(silo.Name).Now.Where(grain => grain.RunId == runId).ToArray());

    public ISiloGrain Silo(string name) => Grains.GetGrain<ISiloGrain>(name);

    public IRunQueueGrain Runs => Grains.GetGrain<IRunQueueGrain>(0);

    /// <summary>Starts a run on its coordinator.</summary>
    public async Task<(ICoordinatorGrain Coordinator, string RunId)> Begin(RunSpec spec, int shards)
    {
        var request = Request(spec, shards);
        await Coordinator(request.Run.RunId).Start(request);
        return (Coordinator(request.Run.RunId), request.Run.RunId);
    }

    public ICoordinatorGrain Coordinator(string runId) => Grains.GetGrain<ICoordinatorGrain>(runId);

    public static RunRequest Request(RunSpec spec, int shards) =>
        new(new RunContext($"test-{Guid.NewGuid():N}", RunSpecJson.Write(spec)), new Deployment(1, shards, 1, DispatchMode.Reference));

    /// <summary>Waits until a run has done so many steps.</summary>
    public static Task Steps(ICoordinatorGrain coordinator, int count) => Until(coordinator, status =>
    {
        status.Error.ShouldBeNull();
        return status.StepsDone >= count;
    });

    /// <summary>The summary of a run, once it is done.</summary>
    public static async Task<RunSummary> Done(ICoordinatorGrain coordinator)
    {
        var status = await Ended(coordinator);
        status.Error.ShouldBeNull();
        return status.Summary!;
    }

    /// <summary>Waits until a run has ended.</summary>
    public static Task<RunStatus> Ended(ICoordinatorGrain coordinator) => Until(coordinator, status => status.Phase is RunPhase.Done or RunPhase.Failed or RunPhase.Stopped);

    /// <summary>Whether all experts and routers of a run live on so many silos, with counts that differ by at most one.</summary>
    public bool IsEven(string runId, int silos, int experts, int shards)
    {
        var hosted = Hosted(runId);
        return hosted.Count == silos && Even(HostedGrainKind.Expert, experts) && Even(HostedGrainKind.Router, shards);

        bool Even(HostedGrainKind kind, int count)
        {
            var counts = hosted.Values.Select(grains => grains.Count(grain => grain.Kind == kind)).ToArray();
            return counts.Sum() == count && counts.Max() - counts.Min() <= 1;
        }
    }

    /// <summary>The answer of a cluster that has lost a silo: until it has noticed, calls fail.</summary>
    public static Task<T> Answer<T>(Func<Task<T>> call) => new ClusterCalls(TimeProvider.System).Small.Run(_ => call());

    /// <summary>Waits for something.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="minutes">How long at most.</param>
    public static async Task Until(Func<Task<bool>> condition, int minutes = 1)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromMinutes(minutes));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private InProcessSiloHandle Handle(string name) => _cluster.Silos.Single(silo => silo.Name == name);

    private static async Task<RunStatus> Until(ICoordinatorGrain coordinator, Func<RunStatus, bool> condition)
    {
        RunStatus? status = null;
        await Until(async () => condition(status = await coordinator.GetStatus(int.MaxValue)));
        return status!;
    }
}
