using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MoeOrleans.Telemetry;

/// <summary>Exports the traces, metrics and log records of a process by OpenTelemetry.</summary>
internal static class TelemetryExport
{
    /// <summary>Sources and meters of this project.</summary>
    private const string Own = "MoeOrleans.*";

    private const string OrleansMeter = "Microsoft.Orleans";

    // Spans of Orleans' own traffic between silos are no user's concern.
    private const string OrleansCalls = "Microsoft.Orleans.Application";

    // Orleans measures calls in milliseconds, and its calls here take from less than one to minutes.
    private static readonly double[] s_orleansMilliseconds = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 120_000];

    /// <summary>Adds the exporters that are asked for.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="settings">What is exported.</param>
    /// <param name="source">What this process is.</param>
    /// <param name="metrics">Adds a further reader of metrics; null for none.</param>
    public static void AddTelemetryExport(this IServiceCollection services, ExportSettings settings, TelemetrySource source, Action<MeterProviderBuilder>? metrics = null)
    {
        if (!settings.Any && metrics is null) return;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, source));
        if (settings.Traces.Any) telemetry.WithTracing(tracing => Configure(tracing, settings.Traces, source));
        if (settings.Metrics.Any || metrics is not null)
        {
            telemetry.WithMetrics(builder =>
            {
                Configure(builder, settings.Metrics);
                metrics?.Invoke(builder);
            });
        }

        // The console has the log already.
        if (!settings.Logs.Otlp) return;
        telemetry.WithLogging(logging => logging.AddOtlpExporter(), options => (options.IncludeScopes, options.IncludeFormattedMessage) = (true, true));
    }

    /// <summary>Exports what is waiting, for a process that ends without stopping its host.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="limit">How long it may take, about.</param>
    public static void Flush(IServiceProvider services, TimeSpan limit)
    {
        var milliseconds = (int)limit.TotalMilliseconds;
        Task.WaitAll(
            Task.Run(() => services.GetService<TracerProvider>()?.ForceFlush(milliseconds)),
            Task.Run(() => services.GetService<MeterProvider>()?.ForceFlush(milliseconds)),
            Task.Run(() => services.GetService<LoggerProvider>()?.ForceFlush(milliseconds)));
    }

    private static void Describe(ResourceBuilder resource, TelemetrySource source)
    {
        var version = typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes last.
        resource.Clear().AddService(source.Service, serviceVersion: version, serviceInstanceId: source.Instance).AddTelemetrySdk().AddEnvironmentVariableDetector();
    }

    private static void Configure(TracerProviderBuilder tracing, Exporters exporters, TelemetrySource source)
    {
        tracing.AddSource(Own).SetSampler(new ParentBasedSampler(new StepSampler()));
        if (source.OrleansCalls) tracing.AddSource(OrleansCalls);
        if (exporters.Otlp) tracing.AddOtlpExporter();
        if (exporters.Console) tracing.AddProcessor(new SimpleActivityExportProcessor(new SpanLines(Console.Error)));
    }

    private static void Configure(MeterProviderBuilder metrics, Exporters exporters)
    {
        metrics.AddMeter(Own).AddMeter(OrleansMeter).AddView(instrument => instrument.Meter.Name == OrleansMeter && IsHistogram(instrument.GetType())
            ? new ExplicitBucketHistogramConfiguration { Boundaries = s_orleansMilliseconds }
            : null);
        if (exporters.Otlp) metrics.AddOtlpExporter();
        if (exporters.Console) metrics.AddReader(new PeriodicExportingMetricReader(new MetricLines(Console.Error)));
    }

    private static bool IsHistogram(Type instrument) => instrument.IsGenericType && instrument.GetGenericTypeDefinition() == typeof(System.Diagnostics.Metrics.Histogram<>);
}
