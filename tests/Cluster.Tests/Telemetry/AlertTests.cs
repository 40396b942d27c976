using System.Net;

namespace MoeOrleans.Cluster.Tests.Telemetry;

/// <summary>deploy/observability with a real Prometheus and real runs on three silos.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class AlertTests
{
    private static readonly string[] s_endless = ["training.steps=1000000", "training.stop.enabled=false"];

    // Both clusters of the data go to one of four experts by step 10: the centres are strong, the router learns fast and has no noise.
    private static readonly string[] s_collapse =
    [
        "training.seed=2", "data.train=2000", "data.clusters=2", "data.beta=[20,20]", "model.experts=4", "routing.noise=off", "training.router.rate=10",
        .. s_endless,
    ];

    [ClusterFact]
    public async Task Prometheus_accepts_the_configuration_and_the_tests_of_the_rules_pass()
    {
        PrometheusServer.SkipWithout();
        foreach (var arguments in (string[][])[["check", "config", "prometheus.yml"], ["test", "rules", "moe.tests.yml"]])
        {
            var (exitCode, output) = await PrometheusServer.Promtool(arguments);
            exitCode.ShouldBe(0, output);
        }
    }

    [ClusterFact]
    public async Task Every_panel_has_data_and_alerts_fire_when_they_should_and_only_then()
    {
        PrometheusServer.SkipWithout();
        await using var cluster = await SiloProcesses.Start(3, redis: null);
        await using var prometheus = await PrometheusServer.Start(cluster.Http);

        var healthy = await cluster.Begin(Specifications.Small([.. s_endless, "data.train=4000"]), shards: 3);
        await EveryPanelHasData(prometheus);
        await NothingToMend(cluster.Http);
        await cluster.Stop(healthy);
        (await prometheus.Query("count_over_time(ALERTS{alertstate='firing'}[1h])")).ShouldBeEmpty();

        var collapsed = await cluster.Begin(Specifications.Small(s_collapse), shards: 3);
        await prometheus.Fires("MoeRoutingCollapsed", () => cluster.Log);
        (await prometheus.Query("count_over_time(ALERTS{alertname=~'MoeSilo.*|MoeRunStalled',alertstate='firing'}[1h])")).ShouldBeEmpty();

        await cluster.Silo("silo-3").Signal("KILL");
        await prometheus.Fires("MoeSiloLost", () => cluster.Log);
        await prometheus.Fires("MoeSiloDown", () => cluster.Log);
        await cluster.Stop(collapsed);
    }

    private static async Task EveryPanelHasData(PrometheusServer prometheus)
    {
        var waiting = PrometheusServer.Panels();
        waiting.Length.ShouldBeGreaterThan(40);
        await Wait.Until(() => $"these panels have no data: {string.Join("; ", waiting)}", async () =>
        {
            var data = await Task.WhenAll(waiting.Select(async panel => (await prometheus.Query(panel.Query)).Any(series => double.IsFinite(series.Value))));
            waiting = [.. waiting.Where((_, i) => !data[i])];
            return waiting.Length == 0;
        });
    }

    private static async Task NothingToMend(IReadOnlyList<IPEndPoint> silos)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var silo in silos)
        {
            var text = await client.GetStringAsync(new Uri($"http://{silo}/metrics"), TestContext.Current.CancellationToken);
            // Orleans' own names are not in Prometheus' style.
            var own = text.Split('\n').Where(line => line.StartsWith("moe_", StringComparison.Ordinal) || line.StartsWith("# ", StringComparison.Ordinal) && line.Contains(" moe_", StringComparison.Ordinal));
            (await PrometheusServer.Promtool(["check", "metrics"], string.Concat(own.Select(line => line + "\n")))).ShouldBe((0, ""));
        }
    }
}
