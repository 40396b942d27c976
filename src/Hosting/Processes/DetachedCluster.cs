using System.Security.Cryptography;
using System.Text.Json.Serialization;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.Processes;

/// <summary>
/// The cluster of silo processes that 'moe cluster up' leaves on this machine, one for a user: users know it as the local cluster. A file
/// lists its silos.
/// </summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="Redis">Connection string of the Redis that lists its silos; null: the first silo lists them.</param>
/// <param name="Silos">The silos.</param>
/// <param name="Format">Version of the file.</param>
internal sealed record DetachedCluster(string ClusterId, string? Redis, IReadOnlyList<DetachedSilo> Silos, int Format = DetachedClusterFile.Format)
{
    private const int FirstSiloPort = 11111;
    private const int FirstGatewayPort = 30000;
    private const int FirstHttpPort = 8080;

    /// <summary>Where clients find it.</summary>
    [JsonIgnore]
    public ClusterAddress Address => ClusterAddress.Of(Silos.Select(silo => silo.Options.Gateway), Redis, ClusterId);

    /// <summary>What a user types to connect to it; null if that has the password of Redis, which is never shown.</summary>
    [JsonIgnore]
    public string? Endpoint => Redis is null ? $"{Silos[0].Options.Gateway}"
        : RedisConnectionString.Parse(Redis) is { Options: { Password: null or "" } options } parsed ? $"{(options.Ssl ? "rediss" : "redis")}://{parsed.Endpoints}/{ClusterId}"
        : null;

    private static string Folder => StateFolder.FullPath;

    private static string DataFolder => Path.Combine(Folder, "data");

    private static string FilePath => Path.Combine(Folder, "cluster.json");

    /// <summary>The cluster that was started and not stopped; null if there is none.</summary>
    /// <exception cref="ConfigurationException">The file of the cluster cannot be read.</exception>
    public static DetachedCluster? Find() => DetachedClusterFile.Read(FilePath);

    /// <summary>Starts a cluster.</summary>
    /// <param name="count">Number of silos.</param>
    /// <param name="threads">Compute threads of each.</param>
    /// <param name="redis">Connection string of the Redis that lists the silos; null: the first silo lists them.</param>
    /// <param name="expertsFrom">Assembly with further kinds of expert; null for none.</param>
    /// <param name="page">Whether the silos serve the live page.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Receives what fails but prevents nothing.</param>
    /// <param name="cancelled">Ends the start; no silo is left.</param>
    /// <exception cref="ConfigurationException">There is a cluster already.</exception>
    /// <exception cref="SiloStartException">A silo does not start; no silo is left.</exception>
    public static async Task<DetachedCluster> Up(int count, int threads, string? redis, string? expertsFrom, bool page, TimeProvider time, Action<string> warn, CancellationToken cancelled)
    {
        if (OperatingSystem.IsWindows()) throw new ConfigurationException("cluster up: needs Linux or macOS; on Windows start moe-silo yourself");
        using var held = new DetachedClusterLock(StateFolder.Open(), "cluster up");
        if (Find() is { } known)
        {
            if (known.Silos.Any(silo => silo.IsAlive)) throw new ConfigurationException($"cluster up: a local cluster of {known.Silos.Count} silos already runs; 'moe cluster down' stops it");
            await known.Stop(time, warn);
        }

        DeleteLogs(except: []);
        var clusterId = redis is null ? "moe" : $"moe-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var empty = new DetachedCluster(clusterId, redis, []);
        Task attempt = Task.CompletedTask;
        try
        {
            return await SiloStartException.RetryOnOtherPorts(time).Run(
                _ =>
                {
                    var start = empty.Start(count, threads, expertsFrom, page, time, warn, cancelled);
                    attempt = start;
                    return start;
                },
                cancelled);
        }
        catch (OperationCanceledException)
        {
            // The policy does not wait for the attempt, which stops its silos first.
            await attempt.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Stops all silos, and deletes their logs and data. The log of a silo that had to be killed stays.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Receives what fails but prevents nothing.</param>
    /// <exception cref="ConfigurationException">Another command starts or stops the cluster.</exception>
    public async Task Down(TimeProvider time, Action<string> warn)
    {
        using var held = new DetachedClusterLock(StateFolder.Open(), "cluster down");
        DeleteLogs(except: await Stop(time, warn));
    }

    /// <summary>Stops all silos; their logs stay.</summary>
    /// <returns>The logs of those that had to be killed.</returns>
    private async Task<IReadOnlyList<string>> Stop(TimeProvider time, Action<string> warn)
    {
        var killed = new List<string>();
        // The first silo may list the others.
        await Task.WhenAll(Silos.Skip(1).Select(Stop));
        if (Silos.Count > 0) await Stop(Silos[0]);
        if (Redis is not null) await DeleteFromRedis(warn);
        File.Delete(FilePath);
        if (Directory.Exists(DataFolder)) Directory.Delete(DataFolder, recursive: true);
        return killed;

        async Task Stop(DetachedSilo silo)
        {
            if (await silo.Stop(time)) return;
            var log = Log(silo.Options.Name);
            lock (killed) killed.Add(log);
            warn($"silo {silo.Options.Name} had not ended a minute after it was asked to, and was killed; its log is {log}");
        }
    }

    // Without its Redis the cluster is gone all the same, and another one must be able to replace it.
    private async Task DeleteFromRedis(Action<string> warn)
    {
        try
        {
            await RedisConnection.DeleteCluster(Redis!, ClusterId);
        }
        catch (Exception failure) when (failure is ConfigurationException or StackExchange.Redis.RedisException or TimeoutException)
        {
            warn($"the list of the cluster's silos stays in Redis: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task<DetachedCluster> Start(int count, int threads, string? expertsFrom, bool page, TimeProvider time, Action<string> warn, CancellationToken cancelled)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(DataFolder);
        else Directory.CreateDirectory(DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (silo, gateway, http) = (FreePorts.From(FirstSiloPort, count), FreePorts.From(FirstGatewayPort, count), FreePorts.From(FirstHttpPort, count));
        var pages = page ? FreePorts.From(SiloProcessOptions.FirstPagePort, count) : [.. Enumerable.Repeat(0, count)];
        var cluster = this;
        try
        {
            for (var i = 0; i < count; i++)
            {
                var options = new SiloProcessOptions(SiloProcessOptions.NameOf(i), ClusterId, silo[i], gateway[i], http[i], silo[0], Redis, threads, DataFolder, expertsFrom, pages[i]);
                var started = DetachedSilo.Start(options, Log(options.Name));
                cluster = cluster with { Silos = [.. cluster.Silos, started] };
                DetachedClusterFile.Write(FilePath, cluster);
                // The other silos find the cluster through the first.
                if (i == 0) await started.WaitUntilReady(Log(options.Name), time, cancelled);
            }

            await Task.WhenAll(cluster.Silos.Select(started => started.WaitUntilReady(Log(started.Options.Name), time, cancelled)));
            return cluster;
        }
        catch (Exception failure)
        {
            var killed = await cluster.Stop(time, warn);
            DeleteLogs(except: failure is SiloStartException { Log: { } log } ? [.. killed, log] : killed);
            throw;
        }
    }

    /// <summary>Deletes all logs, those of earlier clusters too. A log that a message names stays until the next start.</summary>
    private static void DeleteLogs(IReadOnlyList<string> except)
    {
        foreach (var log in Directory.EnumerateFiles(Folder, "*.log").Except(except)) File.Delete(log);
    }

    private static string Log(string name) => Path.Combine(Folder, $"{name}.log");
}
