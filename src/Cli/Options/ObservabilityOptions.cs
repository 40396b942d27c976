using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Net;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Telemetry;
using OpenTelemetry.Metrics;

namespace MoeOrleans.Cli.Options;

/// <summary>The options of traces and metrics. None changes a bit of the result.</summary>
internal sealed class ObservabilityOptions
{
    private readonly Option<string> _traceSteps = new("--trace-steps")
    {
        HelpName = "SHARE",
        Description = "Share of the steps that are traced, such as 1% or 0.01, if traces are exported (OTEL_EXPORTER_OTLP_ENDPOINT); slow and failed steps always are (default 1%)",
    };

    private readonly Option<string> _metricsPort = new("--metrics-port")
    {
        HelpName = "PORT",
        Description = "Answer Prometheus at this port of 127.0.0.1, path /metrics, while the command trains in its own process",
    };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_traceSteps, _metricsPort];

    /// <summary>The share of the steps that are traced, 0 to 1.</summary>
    /// <param name="parsed">The command line.</param>
    public double TracedShare(ParseResult parsed)
    {
        if (parsed.Text(_traceSteps) is not { } text) return TrainingClient.DefaultTracedShare;
        var (digits, unit) = text.EndsWith('%') ? (text[..^1], 100.0) : (text, 1.0);
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share / unit is >= 0 and <= 1
            ? share / unit
            : throw new ConfigurationException($"{_traceSteps.Name}: must be 0% to 100%, or 0 to 1; got {text.ReplaceLineEndings(" ")}");
    }

    /// <summary>What the silo in this process exports; null if it exports nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="isHere">Whether the command trains in its own process.</param>
    public Action<ISiloBuilder>? Export(ParseResult parsed, bool isHere)
    {
        var port = parsed.Number(_metricsPort, 0, 1, IPEndPoint.MaxPort);
        if (port > 0 && !isHere)
            throw new ConfigurationException($"{_metricsPort.Name}: for a run in the command's own process; a silo answers Prometheus at its --http-port, path /metrics");
        var settings = ExportSettings.Read(Environment.GetEnvironmentVariable);
        if (port > 0 && FreePorts.Refusal(new IPEndPoint(IPAddress.Loopback, port)) is { } refusal)
            throw new ConfigurationException($"{_metricsPort.Name}: cannot listen at 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)} ({refusal}); name another port");
        return settings.Any || port > 0 ? silo => AddExport(silo, settings, port) : null;
    }

    // OpenTelemetry is loaded only when this is called.
    private static void AddExport(ISiloBuilder silo, ExportSettings settings, int port)
    {
        var source = new TelemetrySource("moe", $"{Environment.MachineName}-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}", OrleansCalls: false);
        // OpenTelemetry reads its variables from the silo's configuration, which has none of the environment.
        foreach (var (name, value) in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => ((string)entry.Key, (string?)entry.Value)))
        {
            if (name.StartsWith("OTEL_", StringComparison.Ordinal)) silo.Configuration[name] = value;
        }

        silo.Services.AddTelemetryExport(settings, source, port == 0 ? null : metrics => metrics.AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = ("127.0.0.1", port)));
    }
}
