using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Silo.Configuration;
using MoeOrleans.Silo.Health;
using MoeOrleans.Telemetry;
using OpenTelemetry.Metrics;
using StackExchange.Redis;

namespace MoeOrleans.Silo.Server;

/// <summary>Runs a silo as a server, with health endpoints and a log.</summary>
internal sealed partial class SiloServer(SiloServerOptions options, IConfiguration settings, Launch launch, StartWait wait, TimeProvider time)
{
    // A child's parent waits three seconds for its end.
    private static readonly TimeSpan s_flush = TimeSpan.FromSeconds(2);

    // Redis may list a lost silo whose address another program has now, until the other silos declare it dead.
    private static readonly TimeSpan s_refusal = TimeSpan.FromSeconds(10);

    private ClusterMemberOptions Member => options.Member;

    private bool IsPrimary => Member.Primary.Equals(Own(Member.SiloPort));

    /// <summary>Runs the silo until it is asked to stop.</summary>
    /// <exception cref="ConfigurationException">The silo cannot start with these settings.</exception>
    public async Task Run()
    {
        CheckPorts();
        await using var redis = Member.Clustering == ClusteringKind.Redis ? await wait.For(OpenRedis) : null;
        if (redis is null && !IsPrimary) _ = await wait.For(WaitForPrimary);
        // The host is not disposed of if it fails to start: Orleans would log errors of connections that are still open, and the process ends.
        var host = Build(redis);
        try
        {
            await host.Services.GetRequiredService<JoinRefusal>().Watch(host.StartAsync(), redis is null ? TimeSpan.Zero : s_refusal, time);
        }
        catch (Exception failure) when (Find<ConfigurationException>(failure) is { } wrong)
        {
            throw new ConfigurationException(wrong.Message);
        }
        catch (Exception failure) when (redis is null && !IsPrimary && Find<OrleansException>(failure) is { } silent && silent.Message.Contains("ConnectionFailedException", StringComparison.Ordinal))
        {
            throw new ConfigurationException($"--primary: what listens at {Member.Primary} is no silo; give address and silo port of the first silo");
        }
        catch (Exception failure) when (Find<RedisServerException>(failure) is { } refused)
        {
            throw RedisRefusal.OfCommand(RedisConnectionString.Parse(Member.Redis), refused);
        }
        catch (OperationCanceledException) when (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            throw new InvalidOperationException("interrupted by a signal before the silo was ready");
        }
        catch (Exception failure) when (Find<SocketException>(failure) is { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            // Another program took a port between the first check and the start.
            CheckPorts();
            throw;
        }

        using var started = host;
        var log = host.Services.GetRequiredService<ILogger<SiloServer>>();
        var (silo, gateway) = (Own(Member.SiloPort), Own(Member.GatewayPort));
        LogReady(log, Member.Name, Member.ClusterId, silo, gateway, options.Training.Threads);
        if (options.Tls is null && !IPAddress.IsLoopback(Member.ListenAddress)) LogOpen(log, Member.Name, Member.ListenAddress);
        if (launch == Launch.Child) Console.Out.WriteLine("ready");
        await host.WaitForShutdownAsync();
    }

    private async Task<IConnectionMultiplexer> OpenRedis()
    {
        // A Redis that has just started accepts connections, and refuses commands until it has loaded its data.
        if (wait.IsWanted) _ = await RedisConnection.HasCluster(Member.Redis, Member.ClusterId);
        return await RedisConnection.Open(Member.Redis);
    }

    private async Task<bool> WaitForPrimary()
    {
        await PrimarySilo.WaitFor(Member.Primary, time, wait.IsWanted);
        return true;
    }

    private IHost Build(IConnectionMultiplexer? redis)
    {
        if (options.HttpPort == 0)
        {
            var plain = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            Configure(plain, redis);
            return plain.Build();
        }

        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Configure(web, redis);
        web.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(Member.ListenAddress, options.HttpPort));
        web.Services.AddRoutingCore();
        web.Services.AddSiloHealth();
        var application = web.Build();
        application.MapSiloHealth();
        application.MapPrometheusScrapingEndpoint();
        return application;
    }

    private void Configure(IHostApplicationBuilder builder, IConnectionMultiplexer? redis)
    {
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.AddConfiguration(settings.GetSection("Logging")).AddSiloConsole(options.LogFormat);
        // The parent reads a child's standard output.
        if (launch == Launch.Child) builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime>(services => new SiloLifetime(
            launch, options.Training.DataFolder, () => TelemetryExport.Flush(services, s_flush), services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(wait);
        builder.Services.AddSingleton(services => new SiloEnd(options.LogFormat, services.GetServices<ILoggerProvider>(), Environment.Exit));
        // The membership needs the handler, and the handler the membership's status: it asks only when there is an error.
        builder.Services.AddSingleton<IFatalErrorHandler>(services => new FatalErrors(
            () => services.GetRequiredService<ISiloStatusOracle>().CurrentStatus, services.GetRequiredService<SiloEnd>()));
        builder.Services.AddHostedService<DamagedMessages>();
        builder.Services.AddTelemetryExport(
            options.Export, new TelemetrySource("moe-silo", Member.Name, options.OrleansSpans), options.HttpPort == 0 ? null : metrics => metrics.AddPrometheusExporter());
        OrleansDashboard? dashboard = null;
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(Member, redis).UseTls(options.Tls, asks: redis is not null).AddTraining(options.Training);
            if (options.OrleansDashboard) dashboard = OrleansDashboard.AddTo(silo);
            if (options.OrleansSpans) silo.AddActivityPropagation();
        });
        // After Orleans: hosted services start in this order, and stop in the reverse order.
        if (options.Page is { } page) builder.Services.AddHostedService(services => new PageOfSilo(page, Member.Name, dashboard, services));
        if (redis is not null) AddRedisWatch(builder.Services, redis);
        else if (!IsPrimary) builder.Services.AddHostedService(services => new PrimaryWatch(Member.Primary, services.GetRequiredService<SiloEnd>(), time));
    }

    private void AddRedisWatch(IServiceCollection services, IConnectionMultiplexer redis)
    {
        services.AddSingleton(services => new OwnEntry(
            () => StatusInRedis(redis, services.GetRequiredService<IMembershipTable>(), services.GetRequiredService<ILocalSiloDetails>().SiloAddress),
            services.GetRequiredService<SiloEnd>(),
            time,
            services.GetRequiredService<ILogger<OwnEntry>>()));
        services.AddHostedService(services => services.GetRequiredService<OwnEntry>());
        services.AddHostedService<LeaveDeadline>();
    }

    private async Task<SiloStatus?> StatusInRedis(IConnectionMultiplexer redis, IMembershipTable table, SiloAddress self)
    {
        // Orleans cannot read a table that is not there.
        if (!await RedisConnection.HasCluster(redis, Member.ClusterId)) return null;
        return (await table.ReadRowAsync(self, CancellationToken.None)).Members is [var (own, _), ..] ? own.Status : null;
    }

    private void CheckPorts()
    {
        IPEndPoint Listen(int port) => new(Member.ListenAddress, port);
        foreach (var (option, endpoint) in (IEnumerable<(string, IPEndPoint?)>)[
            ("--page-port", options.Page?.Endpoint), ("--silo-port", Listen(Member.SiloPort)), ("--gateway-port", Listen(Member.GatewayPort)), ("--http-port", Listen(options.HttpPort))])
        {
            if (endpoint is null or { Port: 0 }) continue;
            if (FreePorts.Refusal(endpoint) is { } refusal) throw Refused(option, endpoint, refusal);
        }
    }

    /// <summary>Why a silo cannot listen.</summary>
    /// <param name="option">The option that names the port.</param>
    /// <param name="endpoint">Where it would listen.</param>
    /// <param name="refusal">What the system says.</param>
    internal static ConfigurationException Refused(string option, IPEndPoint endpoint, SocketError refusal) => refusal switch
    {
        SocketError.AccessDenied => new ConfigurationException($"{option}: this user may not listen at port {endpoint.Port}; choose one from 1024 on"),
        SocketError.AddressNotAvailable when option == "--page-port" => new ConfigurationException(
            $"--page-address: this machine has no address {endpoint.Address}; give one that it has, or 0.0.0.0 for all"),
        SocketError.AddressNotAvailable => new ConfigurationException(
            $"--listen-address: this machine has no address {endpoint.Address}; give one that it has (by default it is the advertised address), or 0.0.0.0 for all"),
        SocketError.AddressAlreadyInUse => new PortInUseException(option, endpoint),
        _ => new ConfigurationException($"{option}: cannot listen at {endpoint}: {new SocketException((int)refusal).Message.ReplaceLineEndings(" ")}"),
    };

    private IPEndPoint Own(int port) => new(Member.AdvertisedAddress, port);

    private static T? Find<T>(Exception failure)
        where T : Exception => failure switch
        {
            T found => found,
            AggregateException several => several.InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null),
            _ => failure.InnerException is { } inner ? Find<T>(inner) : null,
        };

    [LoggerMessage(EventId = 2204, Level = LogLevel.Information, Message = "Silo {Name} of cluster {ClusterId} is ready: silos reach it at {Silo}, clients at {Gateway}; {Threads} compute threads")]
    private static partial void LogReady(ILogger log, string name, string clusterId, IPEndPoint silo, IPEndPoint gateway, int threads);

    [LoggerMessage(EventId = 2205, Level = LogLevel.Warning, Message = "Silo {Name} listens at {Address} without encryption or authentication: whoever reaches its ports can read and end runs. Use --tls-folder, or keep them in a private network")]
    private static partial void LogOpen(ILogger log, string name, IPAddress address);
}
