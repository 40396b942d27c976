using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MoeOrleans.Compute.Data;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Training;
using Orleans.Configuration;
using Orleans.Metadata;

namespace MoeOrleans.Hosting.Silos;

/// <summary>Makes an Orleans silo one that trains.</summary>
public static class SiloBuilderExtensions
{
    // After the drain, Orleans itself takes some seconds to leave the cluster.
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Adds experts, routers and coordinators to a silo, and a <see cref="TrainingClient"/> to its services. How silos find each other stays
    /// with the caller, such as <c>UseLocalhostClustering</c>. A silo with another version of MoeOrleans than the rest of its cluster does not
    /// start.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Sets the options; null leaves the defaults.</param>
    /// <returns><paramref name="silo"/>.</returns>
    /// <exception cref="ConfigurationException">An option has a value that is not allowed.</exception>
    public static ISiloBuilder AddMoeOrleans(this ISiloBuilder silo, Action<MoeOrleansOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var options = new MoeOrleansOptions();
        configure?.Invoke(options);
        return silo.AddTraining(options);
    }

    internal static ISiloBuilder AddTraining(this ISiloBuilder silo, MoeOrleansOptions options)
    {
        options.Validate();
        silo.Services.AddSingleton(options);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(_ => new ComputeLane(options.Threads));
        silo.Services.AddSingleton(ArraySource.Shared);
        silo.Services.AddSingleton(services => new TelemetryOptions(services.GetRequiredService<ILocalSiloDetails>().Name, options.MetricsExperts));
        silo.Services.AddHostedService<SiloMeter>();
        silo.Services.AddSingleton<RunStore>();
        silo.Services.AddRunPlacement();
        silo.Services.SendEveryException();
        silo.Services.AddSingleton(ClusterVersion.Current);
        silo.Services.AddSingleton<IGrainInterfacePropertiesProvider, ClusterVersionProperties>();
        silo.Services.AddSingleton(services => new TrainingClient(services.GetRequiredService<IGrainFactory>()));
        AddDirectoryAndMessaging(silo);
        AddMembership(silo, options);
        return silo;
    }

    private static void AddDirectoryAndMessaging(ISiloBuilder silo)
    {
        // With Orleans' default directory, a silo that stops also loses directory entries for grains on other silos: their experts would be
        // lost, and the run would restart.
#pragma warning disable ORLEANSEXP003 // Experimental; the tests of clusters cover what is needed of it.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // Orleans would let no grain of a lost silo be activated for half a minute, so that the silo has ended by then. A silo without a
        // network does not end in any fixed time, so this would not protect a run. Generations and the one value of a step do.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        // Orleans would place a silo in the directory's ring by a hash of its address. The header of each message carries that hash, and a
        // silo that receives another value keeps it and passes it on. Silos would then disagree about the ring for good, and lookups would
        // wait until they time out. This hash is always computed from the address.
        silo.Configure<GrainDirectoryOptions>(directory => directory.GetPartitionBoundaries = (address, count) => address.GetUniformHashCodes(count));
        silo.Configure<SiloMessagingOptions>(messaging => (messaging.ResponseTimeout, messaging.MaxMessageBodySize) = (TimeSpan.FromMinutes(2), LargestMessage.Limit));
    }

    private static void AddMembership(ISiloBuilder silo, MoeOrleansOptions options)
    {
        silo.Services.TryAddSingleton(StartWait.None);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, NameWait>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, JoinAdmission>();
        silo.Services.AddHostedService<DrainOnStop>();
        silo.Services.AddHostedService<QueueCheck>();
        silo.Services.AddHostedService<MembershipLog>();
        silo.Services.PostConfigure<HostOptions>(host =>
        {
            if (host.ShutdownTimeout < options.DrainTimeout + s_shutdown) host.ShutdownTimeout = options.DrainTimeout + s_shutdown;
        });
        if (options.DataFolder is not { } folder) return;
        silo.Services.AddSingleton(new SharedData(folder));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new JoinInTurn(folder, services.GetRequiredService<TimeProvider>()));
    }
}
