using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Configuration;
using MoeOrleans.Silo.Server;

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
    [InlineData("MOE__WAITSECONDS: must be 0 to 3600; got 3601", """{ "Moe": { "Threads": 1 } }""", "3601", null, "MOE__WAITSECONDS")]
    [InlineData("--threads: needs a value, such as --threads N", """{ "Moe": { "Threads": 1 } }""", null, "")]
    [InlineData("Moe:Thread in silo.json: unknown setting; did you mean 'Threads'?", """{ "Moe": { "Thread": 1 } }""", null, null)]
    public async Task A_wrong_setting_is_told_with_the_place_where_it_was_set(string line, string file, string? environment, string? option, string variable = "MOE__THREADS")
    {
        using var workspace = new Workspace();
        workspace.Write("silo.json", file);
        KeyValuePair<string, string>[] variables = environment is null ? [] : [new(variable, environment)];
        string[] options = option is null ? [] : ["--threads", option];
        using var silo = MoeProcess.StartSilo(variables, workspace, ["--config", "silo.json", .. options]);
        var result = await silo.End();
        result.Errors.ShouldBe([$"moe-silo: {line}"]);
        result.ExitCode.ShouldBe(2);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_silo_leaves_the_variable_of_moe_alone_and_a_setting_of_that_name_in_a_file_is_unknown()
    {
        using var workspace = new Workspace();
        workspace.Write("silo.json", """{ "Moe": { "Connect": "10.0.0.7:30000" } }""");
        foreach (var (line, options) in (IEnumerable<(string, string[])>)[
            ("--threads: must be 1 to 256; got 0", ["--threads", "0"]), ("MOE__CONECT: unknown setting", []), ("Moe:Connect in silo.json: unknown setting", ["--config", "silo.json"])])
        {
            KeyValuePair<string, string>[] environment = options is ["--config", ..] ? [] : [new(options is [] ? "MOE__CONECT" : "MOE__CONNECT", "10.0.0.7:30000")];
            using var silo = MoeProcess.StartSilo(environment, workspace, options);
            (await silo.End()).Errors.ShouldHaveSingleItem().ShouldStartWith($"moe-silo: {line}");
        }
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_json_log_has_a_wrong_setting_as_an_entry()
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, "--log-format", "json", "--threads", "0");
        var result = await silo.End();
        (result.ExitCode, string.Join('\n', result.Errors)).ShouldBe((2, ""));
        using var log = JsonDocument.Parse(result.Output);
        var entry = log.RootElement;
        entry.GetProperty("EventId").GetInt32().ShouldBe(2201);
        entry.GetProperty("State").GetProperty("Reason").GetString().ShouldBe("--threads: must be 1 to 256; got 0");
    }

    [Theory(Timeout = Limit.Test)]
    [InlineData("--advertised-address: must be an address that others connect to; --listen-address 0.0.0.0 listens at all of the machine's; got 0.0.0.0", "--advertised-address", "0.0.0.0")]
    [InlineData("--advertised-address: must be an IP address or a host with one, such as 10.0.0.7; got no.such.host.invalid", "--advertised-address", "no.such.host.invalid")]
    // An address for documents, which no machine has.
    [InlineData("--listen-address: this machine has no address 192.0.2.1; give one that it has (by default it is the advertised address), or 0.0.0.0 for all", "--advertised-address", "192.0.2.1")]
    [InlineData("--config: '.' is a folder; name a JSON file", "--config", ".")]
    [InlineData("--page-address: this machine has no address 192.0.2.1; give one that it has, or 0.0.0.0 for all", "--page-port", "8321", "--page-address", "192.0.2.1", "--page-token-file", "token")]
    [InlineData("--page-address: whoever reaches 0.0.0.0 could see the page: name a file with a token, --page-token-file FILE; 'openssl rand -hex 32' makes one", "--page-port", "8321", "--page-address", "0.0.0.0")]
    [InlineData("--page-token-file: short: holds no token: 32 to 1024 printable characters without spaces are expected; 'openssl rand -hex 32' makes one", "--page-port", "8321", "--page-token-file", "short")]
    [InlineData("--page-token-file: absent: no such file", "--page-port", "8321", "--page-token-file", "absent")]
    [InlineData("--page-token-file: .: is a folder; name a file", "--page-port", "8321", "--page-token-file", ".")]
    [InlineData("--page-hosts: must be host names with commas between, without ports; got a b", "--page-port", "8321", "--page-hosts", "a b")]
    [InlineData("--config: /dev/null: must be a regular file with content; it is empty, a pipe or a device", "--config", "/dev/null")]
    [InlineData("--gateway-port: is 4000, as --silo-port; each needs a port of its own", "--silo-port", "4000", "--gateway-port", "4000")]
    public async Task What_the_machine_does_not_have_is_told_as_what_it_is(string line, params string[] options)
    {
        using var workspace = new Workspace();
        workspace.Write("short", "31 characters are not a token!!");
        workspace.Write("token", "f3a1c95e0b7d42689ab0c1d2e3f40516");
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, options);
        var result = await silo.End();
        result.Errors.ShouldBe([$"moe-silo: {line}"]);
        result.ExitCode.ShouldBe(2);
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_wrong_log_level_is_told_with_its_place()
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSilo([new("Logging__LogLevel__Default", "verbose")], workspace);
        var result = await silo.End();
        result.Errors.ShouldBe(["moe-silo: Logging__LogLevel__Default: must be one of Trace, Debug, Information, Warning, Error, Critical, None; got verbose"]);
        result.ExitCode.ShouldBe(2);
    }

    [Fact]
    public void What_the_system_refuses_is_not_taken_for_a_port_in_use()
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, 80);
        SiloServer.Refused("--http-port", endpoint, SocketError.AccessDenied).Message.ShouldBe("--http-port: this user may not listen at port 80; choose one from 1024 on");
        SiloServer.Refused("--http-port", endpoint, SocketError.AddressAlreadyInUse).ShouldBeOfType<PortInUseException>();
        SiloServer.Refused("--page-port", endpoint, SocketError.AddressAlreadyInUse).ShouldBeOfType<PortInUseException>();
        SiloServer.Refused("--http-port", endpoint, SocketError.NoBufferSpaceAvailable).Message.ShouldStartWith("--http-port: cannot listen at 127.0.0.1:80: ");
    }

    [Theory]
    [InlineData("127.0.0.1:11111", true)]
    [InlineData("localhost:11111", true)]
    [InlineData("[::1]:11111", true)]
    [InlineData("localhost", false)]
    [InlineData("localhost:0", false)]
    [InlineData("localhost:70000", false)]
    [InlineData("no.such.host.invalid:11111", false)]
    [InlineData("", false)]
    public void Addresses_may_be_names_of_hosts(string text, bool valid)
    {
        HostName.TryResolve(text, out IPEndPoint? endpoint).ShouldBe(valid);
        if (valid) (IPAddress.IsLoopback(endpoint!.Address), endpoint.Port).ShouldBe((true, 11111));
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_data_folder_that_is_not_there_is_told()
    {
        using var workspace = new Workspace();
        using var silo = MoeProcess.StartSiloOnFreePorts(workspace, "--data-folder", "nowhere");
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
