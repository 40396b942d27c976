using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>The cluster that 'moe cluster up' keeps on this machine; one for a user. A file tells of it.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="Redis">Connection string of the Redis that lists its silos; null: the first lists them.</param>
/// <param name="Silos">The silos.</param>
internal sealed record LocalCluster(string ClusterId, string? Redis, IReadOnlyList<LocalSilo> Silos)
{
    private const int Attempts = 3;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where clients find it.</summary>
    [JsonIgnore]
    public ClusterAddress Address => Redis is null ? new ClusterAddress([.. Silos.Select(silo => silo.Setup.Gateway)], null, ClusterId) : new ClusterAddress([], Redis, ClusterId);

    /// <summary>What a user types to reach it.</summary>
    [JsonIgnore]
    public string Endpoint => Redis is null ? $"{Silos[0].Setup.Gateway}" : $"redis://{Redis}/{ClusterId}";

    private static string Folder
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(string.IsNullOrEmpty(state) ? Path.Combine(home, ".local", "state") : state, "moe-orleans");
        }
    }

    private static string DataFolder => Path.Combine(Folder, "data");

    private static string FilePath => Path.Combine(Folder, "cluster.json");

    /// <summary>The cluster, where one was started and not taken down.</summary>
    public static LocalCluster? Find()
    {
        try
        {
            return File.Exists(FilePath) ? JsonSerializer.Deserialize<LocalCluster>(File.ReadAllText(FilePath), s_json) : null;
        }
        catch (JsonException)
        {
            throw new ConfigurationException($"{FilePath}: cannot be read; delete it, and end its silos if there are any");
        }
    }

    /// <summary>Starts a cluster.</summary>
    /// <param name="count">Number of silos.</param>
    /// <param name="threads">Compute threads of each.</param>
    /// <param name="redis">Connection string of the Redis that lists them; null: the first lists them.</param>
    /// <param name="cancelled">Gives up.</param>
    /// <exception cref="ConfigurationException">There is one already.</exception>
    /// <exception cref="InvalidOperationException">A silo does not start; none is left.</exception>
    public static async Task<LocalCluster> Up(int count, int threads, string? redis, CancellationToken cancelled)
    {
        if (OperatingSystem.IsWindows()) throw new ConfigurationException("cluster up: needs Linux or macOS; on Windows start moe-silo yourself");
        using var alone = new ClusterLock(Folder, "cluster up");
        if (Find() is { } known)
        {
            if (known.Silos.Any(silo => silo.IsAlive)) throw new ConfigurationException($"cluster up: a local cluster of {known.Silos.Count} silos runs already; 'moe cluster down' ends it");
            await known.End();
        }

        DeleteLogs();
        Directory.CreateDirectory(DataFolder);
        var clusterId = redis is null ? "moe" : $"moe-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        for (var attempt = 1; ; attempt++)
        {
            var cluster = new LocalCluster(clusterId, redis, []);
            try
            {
                return await cluster.Start(count, threads, cancelled);
            }
            // Another program may take a port between the moment it was found free and the silo's start.
            catch (InvalidOperationException failure) when (attempt < Attempts && failure.Message.Contains("is in use", StringComparison.Ordinal))
            {
            }
        }
    }

    /// <summary>Stops all silos and leaves nothing behind.</summary>
    /// <exception cref="ConfigurationException">Another command is at it.</exception>
    public async Task Down()
    {
        using var alone = new ClusterLock(Folder, "cluster down");
        await End();
        DeleteLogs();
    }

    /// <summary>Stops all silos; their logs stay.</summary>
    private async Task End()
    {
        // The first may be the one that lists the others.
        await Task.WhenAll(Silos.Skip(1).Select(silo => silo.Stop()));
        if (Silos.Count > 0) await Silos[0].Stop();
        if (Redis is not null) await RedisConnection.Forget(Redis, ClusterId);
        File.Delete(FilePath);
        if (Directory.Exists(DataFolder)) Directory.Delete(DataFolder, recursive: true);
    }

    private async Task<LocalCluster> Start(int count, int threads, CancellationToken cancelled)
    {
        var (silo, gateway, http) = (FreePorts.From(11111, count), FreePorts.From(30000, count), FreePorts.From(8080, count));
        var cluster = this;
        try
        {
            for (var i = 0; i < count; i++)
            {
                var setup = new SiloSetup(SiloSetup.NameOf(i), ClusterId, silo[i], gateway[i], http[i], silo[0], Redis, threads, DataFolder);
                var started = LocalSilo.Start(setup, Log(setup.Name));
                cluster = cluster with { Silos = [.. cluster.Silos, started] };
                await File.WriteAllTextAsync(FilePath, JsonSerializer.Serialize(cluster, s_json), cancelled);
                // The others find the cluster by the first.
                if (i == 0) await started.WaitUntilReady(Log(setup.Name), cancelled);
            }

            await Task.WhenAll(cluster.Silos.Select(started => started.WaitUntilReady(Log(started.Setup.Name), cancelled)));
            return cluster;
        }
        catch (Exception failure)
        {
            await cluster.End();
            DeleteLogs(failure.Message);
            throw;
        }
    }

    /// <summary>Deletes all logs, of earlier clusters too, but one that a message names: that stays until the next start.</summary>
    private static void DeleteLogs(string message = "")
    {
        foreach (var log in Directory.EnumerateFiles(Folder, "*.log").Where(log => !message.Contains(log, StringComparison.Ordinal))) File.Delete(log);
    }

    private static string Log(string name) => Path.Combine(Folder, $"{name}.log");
}
