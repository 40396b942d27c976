using System.Security.Cryptography;
using MoeOrleans.Silo.Hosting;

namespace MoeOrleans.Cli.Cluster;

/// <summary>A cluster of silos in processes of their own, for as long as this process wants it and no longer.</summary>
internal sealed class ChildSilos : IAsyncDisposable
{
    // Another program may take a port between the moment it was found free and the silo's start.
    private const int Attempts = 3;

    private readonly IReadOnlyList<ChildSilo> _silos;
    private readonly string? _redis;

    private ChildSilos(IReadOnlyList<ChildSilo> silos, string? redis) => (_silos, _redis) = (silos, redis);

    /// <summary>The silos.</summary>
    public IReadOnlyList<ChildSilo> Silos => _silos;

    /// <summary>Where they are found.</summary>
    public ClusterAddress Address => _redis is null
        ? new ClusterAddress([.. _silos.Select(silo => silo.Setup.Gateway)], null, _silos[0].Setup.ClusterId)
        : new ClusterAddress([], _redis, _silos[0].Setup.ClusterId);

    /// <summary>Starts them on free loopback ports; the first is called silo-1.</summary>
    /// <param name="count">Number of silos.</param>
    /// <param name="threads">Compute threads of each.</param>
    /// <param name="redis">Connection string of the Redis that lists them; null: the first lists them.</param>
    /// <param name="cancelled">Gives up.</param>
    /// <exception cref="InvalidOperationException">One does not start; none is left.</exception>
    public static async Task<ChildSilos> Start(int count, int threads, string? redis, CancellationToken cancelled)
    {
        // A new one each time: silos of clusters that were before are not waited for.
        var clusterId = $"moe-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var first = await StartOne(0, primary: null);
        var others = Enumerable.Range(1, count - 1).Select(number => StartOne(number, first.Setup.SiloPort)).ToArray();
        try
        {
            return new ChildSilos([first, .. await Task.WhenAll(others)], redis);
        }
        catch
        {
            await new ChildSilos([first, .. others.Where(other => other.IsCompletedSuccessfully).Select(other => other.Result)], redis).DisposeAsync();
            throw;
        }

        async Task<ChildSilo> StartOne(int number, int? primary)
        {
            for (var attempt = 1; ; attempt++)
            {
                var ports = FreePorts.Find(2);
                try
                {
                    return await ChildSilo.Start(new SiloSetup(SiloSetup.NameOf(number), clusterId, ports[0], ports[1], 0, primary ?? ports[0], redis, threads), cancelled);
                }
                catch (InvalidOperationException failure) when (attempt < Attempts && failure.Message.Contains("is in use", StringComparison.Ordinal))
                {
                }
            }
        }
    }

    /// <summary>Ends when a silo has ended by itself without which there is no cluster.</summary>
    /// <exception cref="InvalidOperationException">Says which.</exception>
    public async Task<T> Lost<T>()
    {
        if (_redis is null) await _silos[0].Ended();
        else await Task.WhenAll(_silos.Select(silo => silo.Ended()));
        throw new InvalidOperationException($"silo {_silos[0].Setup.Name} was lost, and the cluster with it: {await _silos[0].LastWords()}");
    }

    /// <summary>Takes them down.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_silos.Select(silo => silo.DisposeAsync().AsTask()));
        if (_redis is not null) await RedisConnection.Forget(_redis, _silos[0].Setup.ClusterId);
    }
}
