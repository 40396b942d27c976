using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Tests.Telemetry;

/// <summary>docs/observability.md lists what the code declares, and nothing else.</summary>
public sealed partial class ObservabilityDocumentTests
{
    private static readonly string s_document = File.ReadAllText(DocumentPath());

    [Fact]
    public async Task Every_metric_is_listed_with_its_kind_unit_and_meaning()
    {
        var declared = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                var kind = instrument.GetType().Name;
                if (!instrument.Meter.Name.StartsWith("MoeOrleans.", StringComparison.Ordinal)) return;
                lock (declared) declared.Add($"{instrument.Name} {kind[..kind.IndexOf('`', StringComparison.Ordinal)]} {instrument.Unit} {instrument.Description}");
            },
        };
        listener.Start();
        _ = GrainTelemetry.SentBytes;
        using var lane = new ComputeLane(1);
        using var silo = new SiloMeter(lane, new HostedGrains());
        await silo.StartAsync(TestContext.Current.CancellationToken);
        using var run = new RunMeter(new RunFacts("run", 1, 1, 0), new TelemetryOptions("silo", 1), () => RunPhase.Training);
        using var queue = new QueueMeter();
        using var cluster = new MembershipMeter();

        var listed = MetricRow().Matches(s_document).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value} {row.Groups[3].Value} {row.Groups[4].Value}").ToArray();

        listed.ShouldBe(declared);
    }

    [Fact]
    public void Every_span_is_listed() =>
        SpanRow().Matches(s_document).Select(row => row.Groups[1].Value).ShouldBe(Names(name => name.EndsWith("Span", StringComparison.Ordinal)), ignoreOrder: true);

    [Fact]
    public void Every_attribute_is_explained()
    {
        var tables = AttributeName().Matches(s_document).Select(found => found.Groups[1].Value).ToHashSet();
        string[] metrics = [.. MetricRow().Matches(s_document).Select(row => row.Groups[1].Value)];
        Names(name => !name.EndsWith("Span", StringComparison.Ordinal) && name != "Name").Except(metrics).ShouldBeSubsetOf(tables);
    }

    /// <summary>The names that telemetry declares.</summary>
    private static IEnumerable<string> Names(Func<string, bool> wanted) => ((Type[])[typeof(GrainTelemetry), typeof(RunTelemetryNames)])
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Where(field => field.IsLiteral && wanted(field.Name)).Select(field => (string)field.GetRawConstantValue()!);

    private static string DocumentPath([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "../../../docs/observability.md");

    [GeneratedRegex(@"^\| `(moe[a-z_.]+)` \| ((?:Observable|UpDown)?(?:Counter|Gauge|Histogram)) \| `([^`]+)` \| [^|]*\| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"^\| `(moe[a-z_.]+)` \| (?:the coordinator|a router|an expert) \|", RegexOptions.Multiline)]
    private static partial Regex SpanRow();

    [GeneratedRegex(@"`((?:moe|error)\.[a-z_.]+)`")]
    private static partial Regex AttributeName();
}
