using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.LocalSilos;
using MoeOrleans.Hosting.Silos;
using StackExchange.Redis;

namespace MoeOrleans.Silo;

/// <summary>A silo as a server: its cluster, its health endpoints, its log.</summary>
internal sealed partial class SiloServer(SiloOptions options, IConfiguration settings, Launch launch)
{
    private static readonly string s_process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private static readonly TimeSpan s_primaryPatience = TimeSpan.FromSeconds(8);

    // After the drain, Orleans says goodbye.
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(20);

    /// <summary>Runs the silo until it is asked to stop.</summary>
    /// <exception cref="ConfigurationException">It cannot be started as it is configured.</exception>
    public async Task Run()
    {
        CheckPorts();
        await using var redis = options.Clustering == ClusteringKind.Redis ? await RedisConnection.Open(options.Redis) : null;
        if (redis is null) await WaitForPrimary();
        // Not disposed of where it fails to start: the process ends then, and Orleans would log errors of connections that are still open.
        var host = Build(redis);
        try
        {
            await host.StartAsync();
        }
        catch (Exception failure) when (Find<ConfigurationException>(failure) is { } wrong)
        {
            throw new ConfigurationException(wrong.Message);
        }
        catch (Exception failure) when (Find<SocketException>(failure) is { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            // Between the check and the start.
            CheckPorts();
            throw;
        }

        using var started = host;
        var log = host.Services.GetRequiredService<ILogger<SiloServer>>();
        var (silo, gateway) = (Own(options.SiloPort), Own(options.GatewayPort));
        LogReady(log, options.Name, options.ClusterId, silo, gateway, options.Threads);
        if (launch == Launch.Child) Console.Out.WriteLine("ready");
        await host.WaitForShutdownAsync();
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
        web.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(options.ListenAddress, options.HttpPort));
        web.Services.AddRoutingCore();
        web.Services.AddHealthChecks()
            .AddCheck<SiloLiveness>(SiloLiveness.Tag, tags: [SiloLiveness.Tag])
            .AddCheck<SiloReadiness>(SiloReadiness.Tag, tags: [SiloReadiness.Tag]);
        var application = web.Build();
        application.Use((context, next) =>
        {
            context.Response.Headers[HealthHeaders.Process] = s_process;
            return next(context);
        });
        application.UseRouting();
        foreach (var tag in (string[])[SiloLiveness.Tag, SiloReadiness.Tag])
            application.MapHealthChecks($"/health/{tag}", new HealthCheckOptions { Predicate = check => check.Tags.Contains(tag) });
        return application;
    }

    private void Configure(IHostApplicationBuilder builder, IConnectionMultiplexer? redis)
    {
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.AddConfiguration(settings.GetSection("Logging"));
        // A child's standard output is its parent's to read.
        if (launch == Launch.Child) builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.LogFormat == LogFormat.Json)
            builder.Logging.AddJsonConsole(json => (json.TimestampFormat, json.UseUtcTimestamp) = ("yyyy-MM-ddTHH:mm:ss.fffZ", true));
        else
            builder.Logging.AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat, line.UseUtcTimestamp) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain + s_shutdown);
        builder.Services.AddSingleton<IHostLifetime>(services => new SiloLifetime(launch, options.DataFolder, services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.AddSingleton(options);
        builder.UseOrleans(silo => ClusterSilo.Configure(silo, options, redis));
        builder.Services.AddHostedService<DrainOnStop>();
    }

    private void CheckPorts()
    {
        foreach (var (name, port) in (ReadOnlySpan<(string, int)>)[("--silo-port", options.SiloPort), ("--gateway-port", options.GatewayPort), ("--http-port", options.HttpPort)])
        {
            if (port != 0 && !FreePorts.IsFree(new IPEndPoint(options.ListenAddress, port)))
                throw new ConfigurationException($"{name}: port {port} is in use at {options.ListenAddress}; choose another");
        }
    }

    // Orleans itself would wait much longer, and say little.
    private async Task WaitForPrimary()
    {
        if (options.Primary.Equals(Own(options.SiloPort))) return;
        using var patience = new CancellationTokenSource(s_primaryPatience);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(options.Primary, patience.Token);
                return;
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException)
            {
                if (patience.IsCancellationRequested) throw new ConfigurationException($"--primary: no silo answers at {options.Primary}; start the first silo, or name it");
                await Task.Delay(200).ConfigureAwait(false);
            }
        }
    }

    private IPEndPoint Own(int port) => new(options.AdvertisedAddress, port);

    private static T? Find<T>(Exception failure)
        where T : Exception => failure switch
        {
            T found => found,
            AggregateException several => several.InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null),
            _ => failure.InnerException is { } inner ? Find<T>(inner) : null,
        };

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Name} of cluster {ClusterId} is ready: silos reach it at {Silo}, clients at {Gateway}; {Threads} compute threads")]
    private static partial void LogReady(ILogger log, string name, string clusterId, IPEndPoint silo, IPEndPoint gateway, int threads);
}
