using System.Security.Cryptography;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>A cluster of silos in processes of their own, for as long as this process wants it and no longer.</summary>
internal sealed class ChildSilos : IAsyncDisposable
{
    // Another program may take a port between the moment it was found free and the silo's start.
    private const int Attempts = 3;

    private readonly IReadOnlyList<ChildSilo> _silos;
    private readonly string? _redis;
    private readonly DirectoryInfo _data;

    private ChildSilos(IReadOnlyList<ChildSilo> silos, string? redis, DirectoryInfo data) => (_silos, _redis, _data) = (silos, redis, data);

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
        var data = Directory.CreateTempSubdirectory("moe-silos-");
        var started = new List<Task<ChildSilo>>();
        try
        {
            started.Add(StartOne(0, primary: null));
            var first = await started[0];
            started.AddRange(Enumerable.Range(1, count - 1).Select(number => StartOne(number, first.Setup.SiloPort)));
            return new ChildSilos(await Task.WhenAll(started), redis, data);
        }
        catch
        {
            await new ChildSilos([.. started.Where(silo => silo.IsCompletedSuccessfully).Select(silo => silo.Result)], redis, data).DisposeAsync();
            throw;
        }

        async Task<ChildSilo> StartOne(int number, int? primary)
        {
            for (var attempt = 1; ; attempt++)
            {
                var ports = FreePorts.Find(2);
                try
                {
                    return await ChildSilo.Start(new SiloSetup(SiloSetup.NameOf(number), clusterId, ports[0], ports[1], 0, primary ?? ports[0], redis, threads, data.FullName), cancelled);
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
        // Its silos do it too, for where this process is killed.
        _data.Refresh();
        if (_data.Exists) _data.Delete(recursive: true);
        if (_redis is not null && _silos.Count > 0) await RedisConnection.Forget(_redis, _silos[0].Setup.ClusterId);
    }
}
