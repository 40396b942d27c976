using System.Net;
using System.Text.Json;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests;

/// <summary>A silo's settings, its health endpoints and its log.</summary>
public sealed class SettingsTests
{
    [Fact(Timeout = Limit.Test)]
    public async Task Options_win_over_the_environment_and_that_over_the_settings_file()
    {
        using var workspace = new Workspace();
        var ports = FreePorts.Find(2);
        workspace.Write("silo.json", $$"""{ "Moe": { "Name": "file", "ClusterId": "file", "Threads": 3, "SiloPort": {{ports[0]}}, "GatewayPort": {{ports[1]}}, "HttpPort": 0 } }""");
        using var silo = MoeProcess.StartSilo([new("MOE__NAME", "environment"), new("MOE__CLUSTERID", "environment")], workspace, "--config", "silo.json", "--name", "option");
        await silo.WaitForOutput($"Silo option of cluster environment is ready: silos reach it at 127.0.0.1:{ports[0]}, clients at 127.0.0.1:{ports[1]}; 3 compute threads");
    }

    [Theory(Timeout = Limit.Test)]
    [InlineData("Moe:Threads in silo.json: must be 1 to 256; got none", """{ "Moe": { "Threads": "none" } }""", null, null)]
    [InlineData("MOE__THREADS: must be 1 to 256; got 0", """{ "Moe": { "Threads": 1 } }""", "0", null)]
    [InlineData("--threads: must be 1 to 256; got 257", """{ "Moe": { "Threads": "none" } }""", "0", "257")]
    [InlineData("--threads: needs a value, such as --threads N", """{ "Moe": { "Threads": 1 } }""", null, "")]
    [InlineData("Moe:Thread in silo.json: unknown setting; did you mean 'Threads'?", """{ "Moe": { "Thread": 1 } }""", null, null)]
    public async Task A_wrong_setting_is_told_with_the_place_where_it_was_set(string line, string file, string? environment, string? option)
    {
        using var workspace = new Workspace();
        workspace.Write("silo.json", file);
        KeyValuePair<string, string>[] variables = environment is null ? [] : [new("MOE__THREADS", environment)];
        string[] options = option is null ? [] : ["--threads", option];
        using var silo = MoeProcess.StartSilo(variables, workspace, ["--config", "silo.json", .. options]);
        var result = await silo.End();
        result.Errors.ShouldBe([$"moe-silo: {line}"]);
        result.ExitCode.ShouldBe(2);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_data_folder_that_is_not_there_is_told()
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSilo([], workspace, ["--data-folder", "nowhere"]);
        var result = await silo.End();
        result.Errors.ShouldBe(["moe-silo: --data-folder: must be a folder that exists; got nowhere"]);
        result.ExitCode.ShouldBe(2);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task Health_endpoints_answer_the_log_is_an_object_a_line_and_a_signal_stops_in_order()
    {
        using var workspace = new Workspace();
        var ports = FreePorts.Find(3);
        using var silo = MoeProcess.StartSilo([], workspace, "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", $"{ports[2]}", "--log-format", "json", "--threads", "1");
        await silo.WaitForOutput("is ready");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        foreach (var check in (string[])["startup", "live", "ready"])
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{ports[2]}/health/{check}"), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"status":"healthy","reasons":[]}""");
        }

        await silo.Signal("TERM");
        var result = await silo.End();
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(0);
        foreach (var line in lines)
        {
            using var entry = JsonDocument.Parse(line);
            entry.RootElement.GetProperty("Timestamp").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
            entry.RootElement.GetProperty("LogLevel").GetString().ShouldNotBeNull();
            entry.RootElement.GetProperty("Message").GetString().ShouldNotBeNull();
        }
    }
}
