using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Contracts;
using MoeOrleans.Grains.Placement;
using Orleans.TestingHost;

namespace MoeOrleans.Silo.Tests;

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
        builder.ConfigureSilo((options, silo) =>
        {
            silo.AddMoeOrleans(threads: 1);
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

    public IRunsGrain Runs => Grains.GetGrain<IRunsGrain>(0);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private InProcessSiloHandle Handle(string name) => _cluster.Silos.Single(silo => silo.Name == name);
}
