using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using MoeOrleans.Runs.Requests;
using Span = MoeOrleans.Cluster.Tests.Telemetry.TraceViewer.Span;

namespace MoeOrleans.Cluster.Tests.Telemetry;

/// <summary>What three silos export of one run: to a backend of traces, and to Prometheus.</summary>
[Collection(SeveralSilos.Collection)]
public sealed partial class TelemetryTests
{
    private const int Steps = 8;
    private const int Shards = 3;

    [ClusterFact]
    public async Task A_traced_step_is_one_trace_over_all_silos_and_metrics_add_up_exactly()
    {
        await using var viewer = await TraceViewer.Start();
        await using var cluster = await SiloProcesses.Start(3, redis: null,
            new("OTEL_EXPORTER_OTLP_ENDPOINT", viewer.Endpoint), new("OTEL_BSP_SCHEDULE_DELAY", "100"), new("OTEL_BLRP_SCHEDULE_DELAY", "100"),
            // Every commit is logged.
            new("Logging__LogLevel__MoeOrleans.Grains.Experts", "Trace"));
        var spec = Specifications.Small($"training.steps={Steps}", "training.stop.enabled=false");
        var runId = await cluster.Begin(spec, Shards, DispatchMode.Payload, tracedShare: 0.25);
        await cluster.Done(runId);

        var metrics = await Scrape(cluster.Http);
        metrics.Where(metric => metric.Name == "moe_expert_samples_total").Sum(metric => metric.Value).ShouldBe(Steps * spec.Data.Train);
        metrics.Where(metric => metric.Name == "moe_run_steps_total").Sum(metric => metric.Value).ShouldBe(Steps);
        metrics.Where(metric => metric.Name == "moe_dispatch_samples_total").Sum(metric => metric.Value).ShouldBe(Steps * spec.Data.Train);
        metrics.Where(metric => metric.Name == "moe_step_duration_seconds_count").Sum(metric => metric.Value).ShouldBe(Steps);
        var phases = metrics.Where(metric => metric.Name == "moe_step_phase_duration_seconds_sum").Sum(metric => metric.Value);
        phases.ShouldBe(metrics.Single(metric => metric.Name == "moe_step_duration_seconds_sum").Value, 1e-6);

        Span[] spans = [];
        await Wait.Until(() => $"only {spans.Length} spans have arrived", async () =>
        {
            spans = await viewer.Spans();
            return spans.Count(span => span.Name == "moe.run") == 1 && spans.Where(span => span.Name == "moe.step").Sum(step => Commits(spans, step)) == 2 * spec.Model.Experts;
        });
        var steps = spans.Where(span => span.Name == "moe.step").OrderBy(step => step.Attributes["moe.step"]).ToArray();
        steps.Select(step => (step.Attributes["moe.step"], step.Attributes["moe.run.id"], step.Parent)).ShouldBe([("0", runId, ""), ("4", runId, "")]);
        foreach (var step in steps) CheckTrace(spans, step, spec.Data.Train, spec.Model.Experts);
        await CheckLogs(viewer, spans, steps, runId, spec.Model.Experts);
    }

    /// <summary>Log records have run, step, expert and silo as fields, and lie in the span of the traced step that they are about.</summary>
    private static async Task CheckLogs(TraceViewer viewer, Span[] spans, Span[] steps, string runId, int experts)
    {
        TraceViewer.LogRecord[] commits = [];
        await Wait.Until(() => $"only {commits.Length} log records of commits have arrived", async () =>
            (commits = [.. (await viewer.Logs()).Where(log => log.Attributes.ContainsKey("WeightsSha256"))]).Length == Steps * experts);
        commits.ShouldAllBe(log => log.Attributes["RunId"] == runId && log.Attributes["Silo"] == log.Instance);
        commits.Select(log => (log.Attributes["Step"], log.Attributes["Expert"])).ShouldBe(
            Enumerable.Range(0, Steps).SelectMany(step => Enumerable.Range(0, experts).Select(expert => ($"{step}", $"{expert}"))), ignoreOrder: true);
        foreach (var log in commits)
        {
            var step = steps.FirstOrDefault(step => step.Attributes["moe.step"] == log.Attributes["Step"]);
            log.Trace.ShouldBe(step?.Trace ?? "", log.Text);
            if (step is null) continue;
            var span = spans.Single(span => span.Id == log.Span);
            (span.Name, span.Attributes["moe.expert"]).ShouldBe(("moe.expert.commit", log.Attributes["Expert"]));
        }
    }

    private static void CheckTrace(Span[] all, Span step, int samples, int experts)
    {
        var spans = all.Where(span => span.Trace == step.Trace).ToArray();
        var routes = Below(step, "moe.route");
        var dispatches = routes.SelectMany(route => Below(route, "moe.dispatch").Select(dispatch => (Route: route, Dispatch: dispatch))).ToArray();
        routes.Select(route => route.Attributes["moe.shard"]).ShouldBe(["0", "1", "2"], ignoreOrder: true);
        // Each silo has one router, and exports its route and dispatches itself.
        routes.Select(route => route.Instance).ShouldBe(["silo-1", "silo-2", "silo-3"], ignoreOrder: true);
        dispatches.ShouldAllBe(pair => pair.Dispatch.Instance == pair.Route.Instance);
        dispatches.Sum(pair => Number(pair.Dispatch, "moe.samples")).ShouldBe(samples);
        foreach (var (route, dispatch) in dispatches)
        {
            var compute = Below(dispatch, "moe.expert.compute").ShouldHaveSingleItem();
            (compute.Instance, compute.Attributes["moe.silo"]).ShouldBe((dispatch.Attributes["moe.silo"], dispatch.Attributes["moe.silo"]));
            (compute.Attributes["moe.expert"], compute.Attributes["moe.samples"]).ShouldBe((dispatch.Attributes["moe.expert"], dispatch.Attributes["moe.samples"]));
            var isLocal = compute.Instance == route.Instance;
            dispatch.Attributes["moe.dispatch.mode"].ShouldBe(isLocal ? "local" : "payload");
            (Number(dispatch, "moe.dispatch.bytes") > 0).ShouldBe(!isLocal);
        }

        var commits = Below(step, "moe.expert.commit");
        commits.Select(commit => commit.Attributes["moe.expert"]).ShouldBe(Enumerable.Range(0, experts).Select(m => m.ToString(CultureInfo.InvariantCulture)), ignoreOrder: true);
        commits.Sum(commit => Number(commit, "moe.samples")).ShouldBe(samples);
        spans.Length.ShouldBe(1 + routes.Length + (2 * dispatches.Length) + commits.Length);

        Span[] Below(Span parent, string name) => [.. spans.Where(span => span.Parent == parent.Id && span.Name == name)];
    }

    private static int Commits(Span[] spans, Span step) => spans.Count(span => span.Parent == step.Id && span.Name == "moe.expert.commit");

    private static int Number(Span span, string attribute) => int.Parse(span.Attributes[attribute], CultureInfo.InvariantCulture);

    /// <summary>The values that the silos answer Prometheus with.</summary>
    private static async Task<(string Name, double Value)[]> Scrape(IEnumerable<IPEndPoint> silos)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);
        var texts = await Task.WhenAll(silos.Select(silo => client.GetStringAsync(new Uri($"http://{silo}/metrics"), TestContext.Current.CancellationToken)));
        return [.. texts.SelectMany(text => Line().Matches(text)).Select(line => (line.Groups[1].Value, double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture)))];
    }

    [GeneratedRegex(@"^([a-z_]+)(?:\{[^}]*\})? ([-+0-9.eE]+|NaN|\+Inf)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
