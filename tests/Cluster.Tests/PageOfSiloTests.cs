using System.Net;
using System.Text.Json;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests;

/// <summary>The live page and Orleans' dashboard that a silo process serves, behind a token.</summary>
public sealed class PageOfSiloTests
{
    private const string Token = "f3a1c95e0b7d42689ab0c1d2e3f40516";

    [ClusterFact]
    public async Task A_silo_shows_the_runs_and_the_dashboard_of_its_cluster_to_who_has_the_token()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var workspace = new Workspace();
        workspace.Write("token", $"{Token}\n");
        // A user's own log settings: not even these may show the token.
        await using var cluster = new SiloProcesses(null, new("MOE__ORLEANSDASHBOARD", "on"), new("Logging__LogLevel__Microsoft", "Trace"));
        var port = FreePorts.Find(1)[0];
        await cluster.Join("--page-port", $"{port}", "--page-token-file", workspace.At("token"));
        await cluster.Join();
        var runId = await cluster.Begin(Specifications.Small("training.steps=100000", "training.stop.enabled=false"), shards: 2);
        await cluster.Steps(runId, 5);

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
        string[] paths = ["/events", "/orleans/", "/orleans/DashboardCounters", "/orleans/ClusterStats"];
        foreach (var path in paths)
        {
            using var refused = await http.GetAsync(path, cancelled);
            (refused.StatusCode, await refused.Content.ReadAsStringAsync(cancelled)).ShouldBe((HttpStatusCode.Unauthorized, "sign in at / first\n"), path);
        }

        // The answer leads to the page, with the cookie.
        using var form = new FormUrlEncodedContent([new("token", Token)]);
        using var page = await http.PostAsync("/sign-in", form, cancelled);
        (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath).ShouldBe((HttpStatusCode.OK, "/"));
        var live = await Event(http, "live", cancelled);
        live.GetProperty("load").GetArrayLength().ShouldBe(8);
        (await http.GetStringAsync("/orleans/", cancelled)).ShouldContain("<script");
        using var counters = JsonDocument.Parse(await http.GetStringAsync("/orleans/DashboardCounters", cancelled));
        counters.RootElement.GetProperty("hosts").GetArrayLength().ShouldBe(2);
        using var statistics = JsonDocument.Parse(await http.GetStringAsync("/orleans/ClusterStats", cancelled));
        statistics.RootElement.ValueKind.ShouldBe(JsonValueKind.Object);

        await cluster.Stop(runId);
        cluster.Log.ShouldContain($"The live page is at http://127.0.0.1:{port}/; access: Token");
        cluster.Log.ShouldNotContain(Token);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task The_port_of_another_program_is_told()
    {
        using var workspace = new Workspace();
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var ports = FreePorts.Find(2);
        using var silo = MoeProcess.StartSilo([], workspace, "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", "0", "--page-port", $"{port}");
        var result = await silo.End();
        result.Errors.ShouldHaveSingleItem().ShouldStartWith($"moe-silo: --page-port: ");
        result.Errors[0].ShouldContain($"{port}");
        result.ExitCode.ShouldBe(2);
    }

    private static async Task<JsonElement> Event(HttpClient http, string name, CancellationToken cancelled)
    {
        await using var stream = await http.GetStreamAsync("/events", cancelled);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancelled) != $"event: {name}")
        {
            // Other events, and data of these.
        }

        var data = await reader.ReadLineAsync(cancelled);
        return JsonDocument.Parse(data!["data: ".Length..]).RootElement;
    }
}
