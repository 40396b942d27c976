using MoeOrleans.Hosting;

namespace MoeOrleans.Telemetry;

/// <summary>Where one kind of telemetry goes.</summary>
/// <param name="Otlp">To a collector.</param>
/// <param name="Console">To standard error.</param>
internal readonly record struct Exporters(bool Otlp, bool Console)
{
    /// <summary>Whether it goes anywhere.</summary>
    public bool Any => Otlp || Console;
}

/// <summary>What the standard variables of OpenTelemetry ask for. Without an endpoint or an exporter nothing is exported.</summary>
/// <param name="Traces">Where traces go.</param>
/// <param name="Metrics">Where metrics go.</param>
/// <param name="Logs">Where log records go.</param>
internal sealed record ExportSettings(Exporters Traces, Exporters Metrics, Exporters Logs)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Whether anything is exported.</summary>
    public bool Any => Traces.Any || Metrics.Any || Logs.Any;

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">The value of a variable; null if it is not set.</param>
    /// <exception cref="ConfigurationException">A variable has a value that means nothing.</exception>
    public static ExportSettings Read(Func<string, string?> variable)
    {
        if (Text(variable, "OTEL_SDK_DISABLED") is { } disabled && Flag("OTEL_SDK_DISABLED", disabled)) return new ExportSettings(default, default, default);
        if (Text(variable, "OTEL_EXPORTER_OTLP_PROTOCOL") is { } protocol && protocol is not ("grpc" or "http/protobuf"))
            throw new ConfigurationException($"OTEL_EXPORTER_OTLP_PROTOCOL: must be grpc or http/protobuf; got {protocol.ReplaceLineEndings(" ")}");
        return new ExportSettings(Of(variable, "TRACES"), Of(variable, "METRICS"), Of(variable, "LOGS"));
    }

    private static Exporters Of(Func<string, string?> variable, string signal)
    {
        var own = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
        var hasEndpoint = IsEndpoint(variable, own) | IsEndpoint(variable, Endpoint);
        var name = $"OTEL_{signal}_EXPORTER";
        if (Text(variable, name) is not { } list) return new Exporters(hasEndpoint, Console: false);
        var (otlp, console) = (false, false);
        foreach (var exporter in list.Split(',', StringSplitOptions.TrimEntries))
        {
            switch (exporter)
            {
                // Without an endpoint OpenTelemetry would send to port 4317 of this machine, where no collector may listen.
                case "otlp":
                    otlp = hasEndpoint ? true : throw new ConfigurationException($"{name}: otlp needs an address; set {Endpoint}, for example to http://localhost:4317");
                    break;
                case "console":
                    console = true;
                    break;
                // Silos always answer Prometheus at /metrics.
                case "none" or "prometheus":
                    break;
                default:
                    throw new ConfigurationException($"{name}: must be otlp, console, none, or several with commas; got {exporter.ReplaceLineEndings(" ")}");
            }
        }

        return new Exporters(otlp, console);
    }

    private static bool IsEndpoint(Func<string, string?> variable, string name)
    {
        if (Text(variable, name) is not { } text) return false;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? true
            : throw new ConfigurationException($"{name}: must be an address such as http://localhost:4317; got {text.ReplaceLineEndings(" ")}");
    }

    private static bool Flag(string name, string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new ConfigurationException($"{name}: must be true or false; got {text.ReplaceLineEndings(" ")}");

    private static string? Text(Func<string, string?> variable, string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
