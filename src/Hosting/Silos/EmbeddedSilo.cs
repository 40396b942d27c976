using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting.LocalSilos;

namespace MoeOrleans.Hosting.Silos;

/// <summary>A silo in this process, for one run or for many at once.</summary>
internal sealed class EmbeddedSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private EmbeddedSilo(IHost host) => _host = host;

    /// <summary>A service of it.</summary>
    public T Of<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Where its grains are found.</summary>
    public IGrainFactory Grains => Of<IGrainFactory>();

    /// <summary>Starts it.</summary>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="verbose">Whether it logs the stack traces of failures.</param>
    /// <param name="configure">Anything more.</param>
    public static async Task<EmbeddedSilo> Start(int threads, bool verbose, Action<ISiloBuilder>? configure = null) => new(await MoeSilo.StartEmbedded(threads, silo =>
    {
        Configure(silo, verbose);
        configure?.Invoke(silo);
    }));

    /// <summary>Starts it as one of a cluster of silos in processes of their own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="first">The first silo of the cluster, which lists the others.</param>
    public static async Task<EmbeddedSilo> Join(string name, int threads, SiloSetup first)
    {
        var ports = FreePorts.Find(2);
        var primary = new IPEndPoint(IPAddress.Loopback, first.SiloPort);
        var options = new SiloOptions(name, ports[0], ports[1], IPAddress.Loopback, first.ClusterId, ClusteringKind.Development, primary, "", threads, 0, LogFormat.Text, TimeSpan.Zero);
        return new(await MoeSilo.StartMember(options, silo => Configure(silo, verbose: false)));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static void Configure(ISiloBuilder silo, bool verbose)
    {
        silo.Services.AddSingleton<IHostLifetime, NoSignals>();
        if (verbose) return;
        silo.Services.AddLogging(logging => logging
            // A run's failure is told in one line, its log has the stack trace; a recovery is a warning worth a line.
            .AddFilter(typeof(CoordinatorGrain).FullName, level => level == LogLevel.Warning)
            // What Orleans itself has to say, of a slow machine or of its own calls while it is stopped, is nothing that a user can act on.
            .AddFilter("Orleans", LogLevel.Critical)
            .AddFilter("Polly", LogLevel.Critical));
    }
}
