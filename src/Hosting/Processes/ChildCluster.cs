using System.Security.Cryptography;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.Processes;

/// <summary>A cluster of silo processes on this machine that ends with this process.</summary>
internal sealed class ChildCluster : IAsyncDisposable
{
    private readonly string? _redis;
    private readonly DirectoryInfo _data;

    private ChildCluster(IReadOnlyList<ChildSilo> silos, string? redis, DirectoryInfo data) => (Silos, _redis, _data) = (silos, redis, data);

    public IReadOnlyList<ChildSilo> Silos { get; }

    /// <summary>Where clients find it.</summary>
    public ClusterAddress Address => ClusterAddress.Of(Silos.Select(silo => silo.Options.Gateway), _redis, ClusterId);

    private string ClusterId => Silos[0].Options.ClusterId;

    /// <summary>Starts silos on free loopback ports; the first is called silo-1.</summary>
    /// <param name="count">Number of silos.</param>
    /// <param name="threads">Compute threads of each.</param>
    /// <param name="redis">Connection string of the Redis that lists the silos; null: the first silo lists them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancelled">Ends the start; no silo is left.</param>
    /// <param name="expertsFrom">Assembly with further kinds of expert; null for none.</param>
    /// <param name="certificates">Folder with the certificates of the silos; null without TLS.</param>
    /// <exception cref="SiloStartException">A silo does not start; no silo is left.</exception>
    public static async Task<ChildCluster> Start(int count, int threads, string? redis, TimeProvider time, CancellationToken cancelled, string? expertsFrom = null, string? certificates = null)
    {
        // A new id each time: the silos do not wait for those of earlier clusters.
        var clusterId = $"moe-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var data = TemporaryFolder.Create("moe-silos-");
        var started = new List<Task<ChildSilo>>();
        try
        {
            started.Add(StartSilo(0, primary: null));
            var first = await started[0];
            started.AddRange(Enumerable.Range(1, count - 1).Select(index => StartSilo(index, first.Options.SiloPort)));
            return new ChildCluster(await Task.WhenAll(started), redis, data);
        }
        catch
        {
            // The failure of the start is the one to report.
            var begun = new ChildCluster([.. started.Where(silo => silo.IsCompletedSuccessfully).Select(silo => silo.Result)], redis, data);
            await begun.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        async Task<ChildSilo> StartSilo(int index, int? primary)
        {
            Task attempt = Task.CompletedTask;
            try
            {
                return await SiloStartException.RetryOnOtherPorts(time).Run(
                    _ =>
                    {
                        var ports = FreePorts.Find(2);
                        var options = new SiloProcessOptions(SiloProcessOptions.NameOf(index), clusterId, ports[0], ports[1], 0, primary ?? ports[0], redis, threads, data.FullName, expertsFrom, Certificates: certificates);
                        var start = ChildSilo.Start(options, time, cancelled);
                        attempt = start;
                        return start;
                    },
                    cancelled);
            }
            catch (OperationCanceledException)
            {
                // The policy does not wait for the attempt, which ends its process first.
                await attempt.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    /// <summary>Waits until the cluster has lost the silos that it cannot do without.</summary>
    /// <exception cref="InvalidOperationException">Always; the message says why the first silo ended.</exception>
    public async Task<T> Lost<T>()
    {
        if (_redis is null) await Silos[0].Ended();
        else await Task.WhenAll(Silos.Select(silo => silo.Ended()));
        throw new InvalidOperationException($"silo {Silos[0].Options.Name} was lost, and the cluster with it: {await Silos[0].Ended()}");
    }

    /// <summary>Ends all silos.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(Silos.Select(silo => silo.DisposeAsync().AsTask()));
            // The silos delete the folder too, in case this process is killed.
            _data.Refresh();
            if (_data.Exists) _data.Delete(recursive: true);
        }
        finally
        {
            if (_redis is not null && Silos.Count > 0) await RedisConnection.DeleteCluster(_redis, ClusterId);
        }
    }
}
