using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Hosting.Silos;

/// <summary>A silo in this process, on free loopback ports, and a client to it.</summary>
internal sealed class EmbeddedSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private EmbeddedSilo(IHost host) => _host = host;

    /// <summary>The client that starts runs on it.</summary>
    public TrainingClient Client => Service<TrainingClient>();

    public IGrainFactory Grains => Service<IGrainFactory>();

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Starts a silo that is its own cluster.</summary>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="verbose">Whether it logs the stack traces of failures.</param>
    /// <param name="configure">Configures the silo further.</param>
    public static Task<EmbeddedSilo> Start(int threads, bool verbose, Action<ISiloBuilder>? configure = null) => Start(verbose, silo =>
    {
        silo.UseLocalhostClustering(FreePorts.Find(1)[0], gatewayPort: 0);
        silo.AddMoeOrleans(options => (options.Threads, options.DrainTimeout) = (threads, TimeSpan.Zero));
        configure?.Invoke(silo);
    });

    /// <summary>Starts a silo that joins a cluster of silo processes on this machine.</summary>
    /// <param name="name">Name of the silo.</param>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="primary">The first silo of the cluster, which lists the others.</param>
    public static Task<EmbeddedSilo> Join(string name, int threads, SiloProcessOptions primary)
    {
        var ports = FreePorts.Find(2);
        return Join(Member(name, primary.ClusterId, ports[0], ports[1], primary.SiloPort), threads);
    }

    /// <summary>Starts a silo that is a member of a cluster.</summary>
    /// <param name="member">The member.</param>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="configure">Configures the silo further.</param>
    public static Task<EmbeddedSilo> Join(ClusterMemberOptions member, int threads, Action<ISiloBuilder>? configure = null) => Start(verbose: false, silo =>
    {
        silo.UseCluster(member, redis: null);
        silo.AddMoeOrleans(options => (options.Threads, options.DrainTimeout) = (threads, TimeSpan.Zero));
        configure?.Invoke(silo);
    });

    /// <summary>A silo on the loopback address, of a cluster whose first silo lists the others.</summary>
    /// <param name="name">Name of the silo.</param>
    /// <param name="clusterId">The cluster.</param>
    /// <param name="siloPort">Port for other silos.</param>
    /// <param name="gatewayPort">Port for clients.</param>
    /// <param name="primary">Silo port of the first silo, which may be this one.</param>
    public static ClusterMemberOptions Member(string name, string clusterId, int siloPort, int gatewayPort, int primary) =>
        new(name, siloPort, gatewayPort, IPAddress.Loopback, IPAddress.Loopback, clusterId, ClusteringKind.Development, new IPEndPoint(IPAddress.Loopback, primary), "");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static async Task<EmbeddedSilo> Start(bool verbose, Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // Standard output may be a program's to read.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)
            // At its start Orleans warns of the garbage collector chosen, and its watchdog of the time since the machine booted.
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        if (!verbose) HideWhatUsersCannotActOn(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, UnownedHostLifetime>();
        builder.UseOrleans(configure);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new EmbeddedSilo(host);
    }

    private static void HideWhatUsersCannotActOn(ILoggingBuilder logging) => logging
        // The command reports a run's failure in one line; this log entry has the stack trace. A restart is a warning, which stays.
        .AddFilter(typeof(CoordinatorGrain).FullName, level => level == LogLevel.Warning)
        .AddFilter(typeof(MembershipLog).FullName, LogLevel.None)
        .AddFilter("Orleans", LogLevel.Critical)
        .AddFilter("Polly", LogLevel.Critical);
}
