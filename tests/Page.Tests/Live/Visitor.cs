using System.Net;
using System.Net.Http.Headers;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>Asks for pages as a program would that is no browser: it follows no redirection and keeps no cookie unless told.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">Whom it asks.</param>
    public Visitor(PageServer server) => _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = new Uri(server.Address),
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>The cookie that it shows, name and value; null for none.</summary>
    public string? Cookie { get; set; }

    /// <summary>The host that it asks for; null for the right one.</summary>
    public string? Host { get; set; }

    /// <summary>Asks, and reads the answer to its end, or a stream's first events.</summary>
    public async Task<Answer> Ask(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (Cookie is not null) request.Headers.Add("Cookie", Cookie);
        request.Headers.Host = Host;
        request.Headers.ExpectContinue = content is { } body && body.Headers.ContentLength is null or > 4096;
        var cancelled = TestContext.Current.CancellationToken;
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancelled);
        await using var stream = await response.Content.ReadAsStreamAsync(cancelled);
        using var reader = new StreamReader(stream);
        var text = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? await Events(reader, cancelled) : await reader.ReadToEndAsync(cancelled);
        return new Answer(response.StatusCode, $"{response.Headers}{response.Content.Headers}", text, response.Headers);
    }

    /// <summary>Asks for a page.</summary>
    public Task<Answer> Get(string path) => Ask(HttpMethod.Get, path);

    /// <summary>Sends the sign-in form.</summary>
    public async Task<Answer> SignIn(string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        return await Ask(HttpMethod.Post, "/sign-in", form);
    }

    /// <summary>Connects to a stream and stays: the caller ends it.</summary>
    public Task<HttpResponseMessage> Connect(string path) => _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    public void Dispose() => _http.Dispose();

    // The stream has no end. Curves come last of what is sent at first.
    private static async Task<string> Events(StreamReader reader, CancellationToken cancelled)
    {
        var text = "";
        while (await reader.ReadLineAsync(cancelled) is { } line)
        {
            text += line + "\n";
            if (line.Length == 0 && text.Contains("event: curve", StringComparison.Ordinal)) return text;
        }

        return text;
    }
}

/// <summary>What a server answers.</summary>
internal sealed record Answer(HttpStatusCode Status, string AllHeaders, string Text, HttpResponseHeaders Headers)
{
    /// <summary>The cookie that it sets, with its attributes; null for none.</summary>
    public string? SetCookie => Headers.TryGetValues("Set-Cookie", out var values) ? values.Single() : null;

    /// <summary>Its name and value.</summary>
    public string? Cookie => SetCookie?.Split(';')[0];
}
