using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.LocalSilos;
using Orleans.Configuration;
using Orleans.Metadata;

namespace MoeOrleans.Hosting.Silos;

/// <summary>A silo with the trainer's grains.</summary>
public static class MoeSilo
{
    /// <summary>Adds what the trainer's grains need of their silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="threads">Threads of its compute lane.</param>
    public static ISiloBuilder AddMoeOrleans(this ISiloBuilder silo, int threads)
    {
        silo.Services.AddSingleton(_ => new ComputeLane(threads));
        silo.Services.AddSingleton<RunStore>();
        silo.Services.AddRunPlacement();
        silo.Services.AddSingleton(ClusterVersion.Current);
        silo.Services.AddSingleton<IGrainInterfacePropertiesProvider, ClusterVersionProperties>();
        // Orleans' default directory deactivates grains of silos that stay when another leaves: an expert lost is a run begun again.
#pragma warning disable ORLEANSEXP003 // Experimental; the tests of clusters hold what is needed of it.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<SiloMessagingOptions>(options => (options.ResponseTimeout, options.MaxMessageBodySize) = (TimeSpan.FromMinutes(2), LargestMessage.Limit));
        return silo;
    }

    /// <summary>Starts a silo in this process, on free loopback ports, with a client to it.</summary>
    /// <param name="threads">Threads of its compute lane.</param>
    /// <param name="configure">Anything more.</param>
    /// <returns>The host; dispose of it to stop the silo.</returns>
    public static Task<IHost> StartEmbedded(int threads, Action<ISiloBuilder>? configure = null) => Start(silo =>
    {
        silo.UseLocalhostClustering(FreePorts.Find(1)[0], gatewayPort: 0);
        silo.AddMoeOrleans(threads);
        configure?.Invoke(silo);
    });

    /// <summary>Starts a silo in this process that is one of a cluster whose first silo lists the others, with a client to it.</summary>
    /// <param name="options">How it is set up.</param>
    /// <param name="configure">Anything more.</param>
    /// <returns>The host; dispose of it to stop the silo.</returns>
    public static Task<IHost> StartMember(SiloOptions options, Action<ISiloBuilder>? configure = null) => Start(silo =>
    {
        ClusterSilo.Configure(silo, options, redis: null);
        configure?.Invoke(silo);
    });

    private static async Task<IHost> Start(Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // Only what a user can act on; on standard error, because standard output may be a program's to read.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)
            // At its start the silo warns of the garbage collector chosen, and its watchdog of the time since the machine booted.
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
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

        return host;
    }
}
