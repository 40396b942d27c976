using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests.Telemetry;

/// <summary>
/// A Prometheus of a test's own, with the configuration and the rules of deploy/observability, for which time runs twenty times as fast.
/// Tests that need it are skipped where it is not installed.
/// </summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private const string HowToRun = "No prometheus and promtool on PATH; on Debian: apt-get install -y prometheus";
    private const int TimesAsFast = 20;

    private static readonly string s_rules = Path.Combine(Deployment(), "prometheus");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-prometheus-");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Process _process;
    private readonly Uri _api;

    private PrometheusServer(IEnumerable<IPEndPoint> silos)
    {
        foreach (var file in (string[])["prometheus.yml", "moe.recording.yml", "moe.alerts.yml"])
        {
            var text = Duration().Replace(File.ReadAllText(Path.Combine(s_rules, file)), Faster);
            text = Targets().Replace(text, $"targets: [{string.Join(", ", silos.Select(silo => $"\"{silo}\""))}]");
            File.WriteAllText(Path.Combine(_folder.FullName, file), text);
        }

        var address = $"127.0.0.1:{FreePorts.Find(1)[0].ToString(CultureInfo.InvariantCulture)}";
        _api = new Uri($"http://{address}");
        string[] arguments = [$"--config.file={_folder.FullName}/prometheus.yml", $"--storage.tsdb.path={_folder.FullName}/data", $"--web.listen-address={address}"];
        _process = Process.Start(new ProcessStartInfo("prometheus", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The queries of all panels of the dashboards, with the titles of dashboard and panel.</summary>
    public static (string Panel, string Query)[] Panels() =>
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(Deployment(), "grafana/dashboards"), "*.json")
           let dashboard = JsonDocument.Parse(File.ReadAllText(file)).RootElement
           from panel in dashboard.GetProperty("panels").EnumerateArray()
           where panel.GetProperty("type").GetString() != "row"
           from target in panel.GetProperty("targets").EnumerateArray()
           let query = target.GetProperty("expr").GetString()!.Replace("$cluster", "moe", StringComparison.Ordinal)
           select ($"{dashboard.GetProperty("title")}, {panel.GetProperty("title")}", Duration().Replace(query, Faster)),
    ];

    /// <summary>Skips the test where there is no Prometheus.</summary>
    public static void SkipWithout() => Assert.SkipUnless(ProgramsOnPath.Find("prometheus") is not null && ProgramsOnPath.Find("promtool") is not null, HowToRun);

    /// <summary>Starts it; it reads the metrics of silos.</summary>
    public static async Task<PrometheusServer> Start(IEnumerable<IPEndPoint> silos)
    {
        var server = new PrometheusServer(silos);
        try
        {
            await Wait.Until(() => "Prometheus does not answer", server.Answers);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs promtool on the files of deploy/observability.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> Promtool(string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo("promtool", arguments) { WorkingDirectory = s_rules, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync(input);
        promtool.StandardInput.Close();
        var texts = await Task.WhenAll(promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();
        return (promtool.ExitCode, string.Concat(texts));
    }

    /// <summary>The series that a query finds, each with its labels as text, and its value.</summary>
    public async Task<(string Labels, double Value)[]> Query(string query)
    {
        var text = await _client.GetStringAsync(new Uri(_api, $"/api/v1/query?query={Uri.EscapeDataString(query)}"), TestContext.Current.CancellationToken);
        return
        [
            .. from series in JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
               let value = series.GetProperty("value")[1].GetString()!
               select (series.GetProperty("metric").GetRawText(), value.EndsWith("Inf", StringComparison.Ordinal) ? double.PositiveInfinity : double.Parse(value, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Waits until an alert fires.</summary>
    public Task Fires(string alert, Func<string> log) => Wait.Until(
        () => $"{alert} does not fire\n{log()}", async () => (await Query($"ALERTS{{alertname=\"{alert}\",alertstate=\"firing\"}}")).Length > 0);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Faster(Match duration)
    {
        var seconds = int.Parse(duration.Groups["number"].Value, CultureInfo.InvariantCulture) * (duration.Groups["unit"].Value == "m" ? 60 : 1);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000 / TimesAsFast}ms");
    }

    private static string Deployment([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../deploy/observability"));

    private async Task<bool> Answers()
    {
        _process.HasExited.ShouldBeFalse("prometheus ended");
        try
        {
            using var reply = await _client.GetAsync(new Uri(_api, "/-/ready"), TestContext.Current.CancellationToken);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Of a range, of a rule, and of an interval.
    [GeneratedRegex(@"(?<=\[|for: |interval: )(?<number>\d+)(?<unit>[sm])\b")]
    private static partial Regex Duration();

    [GeneratedRegex(@"targets: \[.*\]")]
    private static partial Regex Targets();
}
