using MoeOrleans.Hosting;
using MoeOrleans.Telemetry;

namespace MoeOrleans.Cli.Tests.Telemetry;

/// <summary>The standard variables of OpenTelemetry.</summary>
public sealed class ExportSettingsTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    [Fact]
    public void Nothing_is_exported_unless_it_is_asked_for() => Read().Any.ShouldBeFalse();

    [Fact]
    public void An_endpoint_receives_all_three()
    {
        var settings = Read((Endpoint, "http://localhost:4317"));
        (settings.Traces, settings.Metrics, settings.Logs).ShouldBe((new(true, false), new(true, false), new(true, false)));
    }

    [Fact]
    public void An_endpoint_of_one_kind_receives_that_kind()
    {
        var settings = Read(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector:4318/v1/traces"));
        (settings.Traces.Otlp, settings.Metrics.Any, settings.Logs.Any).ShouldBe((true, false, false));
    }

    [Fact]
    public void A_kind_can_be_shown_on_the_console_or_left_out()
    {
        var settings = Read((Endpoint, "http://localhost:4317"), ("OTEL_TRACES_EXPORTER", "otlp, console"), ("OTEL_LOGS_EXPORTER", "none"));
        (settings.Traces, settings.Metrics, settings.Logs).ShouldBe((new(true, true), new(true, false), default));
        Read(("OTEL_METRICS_EXPORTER", "console")).Metrics.ShouldBe(new(false, true));
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("False", true)]
    public void All_can_be_switched_off(string disabled, bool any) => Read((Endpoint, "http://localhost:4317"), ("OTEL_SDK_DISABLED", disabled)).Any.ShouldBe(any);

    [Theory]
    [InlineData("OTEL_TRACES_EXPORTER", "zipkin", "OTEL_TRACES_EXPORTER: must be otlp, console, none, or several with commas; got zipkin")]
    [InlineData("OTEL_TRACES_EXPORTER", "otlp", "OTEL_TRACES_EXPORTER: otlp needs an address; set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4317")]
    [InlineData(Endpoint, "localhost:4317", "OTEL_EXPORTER_OTLP_ENDPOINT: must be an address such as http://localhost:4317; got localhost:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL: must be grpc or http/protobuf; got http/json")]
    [InlineData("OTEL_SDK_DISABLED", "yes", "OTEL_SDK_DISABLED: must be true or false; got yes")]
    public void A_value_that_means_nothing_is_told(string name, string value, string message) =>
        Should.Throw<ConfigurationException>(() => Read((name, value))).Message.ShouldBe(message);

    private static ExportSettings Read(params (string Name, string Value)[] variables) =>
        ExportSettings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
