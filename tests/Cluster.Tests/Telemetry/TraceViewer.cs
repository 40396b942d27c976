using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests.Telemetry;

/// <summary>
/// A backend for spans of the tests' own: the standalone dashboard of .NET Aspire, which also answers queries. Tests that need it are
/// skipped where it was not downloaded.
/// </summary>
internal sealed class TraceViewer : IAsyncDisposable
{
    private const string HowToRun = "The dashboard of .NET Aspire is not there; on Linux x64: dotnet restore tests/TraceViewer";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-viewer-");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Process _process;
    private readonly Uri _api;

    private TraceViewer(string program)
    {
        foreach (var file in Directory.EnumerateFiles(program)) File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        var copy = Path.Combine(_folder.FullName, "Aspire.Dashboard");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var ports = FreePorts.Find(2);
        _api = new Uri($"http://127.0.0.1:{Text(ports[0])}");
        Endpoint = $"http://127.0.0.1:{Text(ports[1])}";
        var start = new ProcessStartInfo(copy) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        // It leaves files where temporary ones go.
        start.Environment["TMPDIR"] = _folder.FullName;
        start.Environment["ASPNETCORE_URLS"] = _api.ToString();
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Endpoint;
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where spans are sent.</summary>
    public string Endpoint { get; }

    /// <summary>Starts it; skips the test where it is not there.</summary>
    public static async Task<TraceViewer> Start()
    {
        var program = typeof(TraceViewer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "TraceViewer").Value!;
        Assert.SkipUnless(OperatingSystem.IsLinux() && Directory.Exists(program), HowToRun);
        var viewer = new TraceViewer(program);
        try
        {
            await Wait.Until(() => "the trace viewer does not answer", async () => await viewer.TrySpans() is not null);
            return viewer;
        }
        catch
        {
            await viewer.DisposeAsync();
            throw;
        }
    }

    /// <summary>The spans that have arrived.</summary>
    public async Task<Span[]> Spans() => await TrySpans() ?? throw new InvalidOperationException("The trace viewer does not answer.");

    /// <summary>The log records that have arrived.</summary>
    public async Task<LogRecord[]> Logs() => await Query("logs", "resourceLogs", "scopeLogs", "logRecords", LogRecord.Of);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Span[]?> TrySpans()
    {
        try
        {
            return await Query("spans", "resourceSpans", "scopeSpans", "spans", Span.Of);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>All that has arrived of one kind, as OTLP has it.</summary>
    private async Task<T[]> Query<T>(string kind, string resources, string scopes, string items, Func<JsonElement, JsonElement, T> read)
    {
        var reply = await _client.GetFromJsonAsync<JsonElement>(new Uri(_api, $"/api/telemetry/{kind}?limit=10000"), TestContext.Current.CancellationToken);
        return [.. Items(reply.GetProperty("data"), resources).SelectMany(resource => Items(resource, scopes).SelectMany(scope => Items(scope, items)).Select(item => read(resource, item)))];
    }

    private static Dictionary<string, string> Attributes(JsonElement element) => Items(element, "attributes")
        .ToDictionary(attribute => attribute.GetProperty("key").GetString()!, attribute => attribute.GetProperty("value").EnumerateObject().First().Value.ToString());

    private static string TextOf(JsonElement element, string name) => element.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) => element.TryGetProperty(name, out var items) ? items.EnumerateArray() : default;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A span as a backend sees it.</summary>
    /// <param name="Instance">The silo that exported it.</param>
    /// <param name="Trace">Its trace.</param>
    /// <param name="Id">Its id.</param>
    /// <param name="Parent">The span above; empty if there is none.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Attributes">Its attributes, as text.</param>
    internal sealed record Span(string Instance, string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes)
    {
        public static Span Of(JsonElement resource, JsonElement span) => new(
            TraceViewer.Attributes(resource.GetProperty("resource"))["service.instance.id"],
            TextOf(span, "traceId"),
            TextOf(span, "spanId"),
            TextOf(span, "parentSpanId"),
            TextOf(span, "name"),
            TraceViewer.Attributes(span));
    }

    /// <summary>A log record as a backend sees it.</summary>
    /// <param name="Instance">The silo that exported it.</param>
    /// <param name="Trace">The trace that it belongs to; empty if there is none.</param>
    /// <param name="Span">The span that it belongs to; empty if there is none.</param>
    /// <param name="Text">Its text.</param>
    /// <param name="Attributes">Its fields, as text.</param>
    internal sealed record LogRecord(string Instance, string Trace, string Span, string Text, IReadOnlyDictionary<string, string> Attributes)
    {
        public static LogRecord Of(JsonElement resource, JsonElement log) => new(
            TraceViewer.Attributes(resource.GetProperty("resource"))["service.instance.id"],
            TextOf(log, "traceId"),
            TextOf(log, "spanId"),
            log.TryGetProperty("body", out var body) ? TextOf(body, "stringValue") : "",
            TraceViewer.Attributes(log));
    }
}
