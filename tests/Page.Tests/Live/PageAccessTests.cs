using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Page.Access;
using MoeOrleans.Page.Feed;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>Who gets anything of the page, asked for without a browser.</summary>
[Collection(LivePageTestGroup.Name)]
public sealed class PageAccessTests(LiveCluster cluster)
{
    private const string Token = "f3a1c95e0b7d42689ab0c1d2e3f40516";
    private const string Refusal = "sign in at / first\n";

    private static readonly string[] Paths = ["/", "/events", "/assets/page.js", "/runs/x/report"];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public async Task Who_knows_the_token_sees_the_page_and_its_data()
    {
        await using var server = await cluster.Serve(token: Token, time: _time);
        using var visitor = new Visitor(server);
        visitor.Cookie = (await visitor.SignIn(Token)).Cookie;

        (await visitor.Get("/")).Text.ShouldContain("<main id=\"content\"");
        (await visitor.Get("/assets/page.js")).Text.ShouldContain("openFeed");
        (await visitor.Get("/events")).Text.ShouldContain(cluster.Active);
        (await visitor.Get($"/runs/{cluster.Ended}/report")).Text.ShouldContain("<figure");
        (await visitor.Get("/runs/x/report")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_a_cookie_or_with_a_forged_expired_or_old_one_there_is_nothing_to_see()
    {
        int port;
        string old;
        await using (var before = await cluster.Serve(token: Token.Replace('f', 'e'), time: _time))
        {
            port = before.Endpoint.Port;
            using var earlier = new Visitor(before);
            old = (await earlier.SignIn(Token.Replace('f', 'e'))).Cookie.ShouldNotBeNull();
        }

        await using var server = await cluster.Serve(port, Token, _time);
        using var visitor = new Visitor(server);
        var expired = (await visitor.SignIn(Token)).Cookie.ShouldNotBeNull();
        _time.Advance(SessionCookie.Lifetime);
        var (name, expiry) = (expired.Split('=')[0], _time.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        foreach (var cookie in (string?[])[null, old, expired, $"{name}={expiry}.{expired.Split('.')[1]}", $"{name}={Token}", $"{name}=", $"token={Token}", "\u007f"])
        {
            visitor.Cookie = cookie;
            foreach (var path in Paths) ShouldBeRefused(await visitor.Get(path), path, cookie);
            // A token in another address than that of the sign-in is not looked at.
            ShouldBeRefused(await visitor.Get($"/events?token={Token}"), "/events", cookie);
        }

        ShouldBeRefused(await visitor.SignIn(Token[..^1]), "/", "a wrong token");
        ShouldBeRefused(await visitor.Get($"/?token={Token[..^1]}"), "/", "a wrong token");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Token)]
    public async Task A_foreign_host_name_gets_nothing_even_with_the_cookie(string? token)
    {
        await using var server = await cluster.Serve(token: token, time: _time);
        using var visitor = new Visitor(server);
        if (token is not null) visitor.Cookie = (await visitor.SignIn(token)).Cookie.ShouldNotBeNull();
        (await visitor.Get("/")).Status.ShouldBe(HttpStatusCode.OK);

        foreach (var host in (string[])["attacker.example", $"attacker.example:{server.Endpoint.Port}", "127.0.0.1.attacker.example"])
        {
            visitor.Host = host;
            foreach (var path in (string[])[.. Paths, $"/?token={Token}"])
            {
                var answer = await visitor.Get(path);
                (answer.Status, answer.SetCookie).ShouldBe((HttpStatusCode.MisdirectedRequest, null));
                answer.Text.ShouldBe("this page is not known by that host name: ask for its address, or for localhost; --page-hosts of moe-silo allows further names\n");
            }

            (await visitor.SignIn(Token)).Status.ShouldBe(HttpStatusCode.MisdirectedRequest);
        }
    }

    [Fact]
    public async Task The_cookie_is_for_this_page_alone_and_the_token_is_in_no_answer_and_no_log()
    {
        var events = new EventLog(LogLevel.Trace);
        using var log = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(events.Provider));
        var answers = new List<Answer>();
        await using (var server = await cluster.Serve(token: Token, time: _time, log: log))
        {
            using var visitor = new Visitor(server);
            answers.AddRange([await visitor.SignIn(Token), await visitor.Get($"/?token={Token}"), await visitor.SignIn(Token + "0"), await visitor.Get($"/events?token={Token}")]);
            foreach (var answer in answers.Take(2))
            {
                (answer.Status, answer.Headers.Location).ShouldBe((HttpStatusCode.SeeOther, new Uri("/", UriKind.Relative)));
                var attributes = answer.SetCookie!.Split("; ")[1..];
                attributes.ShouldBe(["max-age=43200", "path=/", "samesite=strict", "httponly"], ignoreOrder: true);
            }

            visitor.Cookie = answers[0].Cookie;
            answers.AddRange([await visitor.Get("/"), await visitor.Get("/events"), await visitor.Get($"/assets/x?token={Token}")]);
        }

        foreach (var answer in answers) (answer.AllHeaders + answer.Text).ShouldNotContain(Token);
        // It is a log of this server: it has entries, and not of requests alone.
        events.Events.ShouldNotBeEmpty();
        events.Events.SelectMany(entry => entry.Values.Values.Select(value => $"{value}").Append(entry.Message)).Where(text => text.Contains(Token, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_huge_form_is_refused_unread(bool saysItsLength)
    {
        await using var server = await cluster.Serve(token: Token, time: _time);
        using var visitor = new Visitor(server);
        using var body = new EndlessForm(Token, saysItsLength ? 10_000_000 : null);

        ShouldBeRefused(await visitor.Ask(HttpMethod.Post, "/sign-in", body), "/", "a huge form");
        body.Sent.ShouldBe(0);
    }

    [Fact]
    public async Task Other_methods_do_nothing()
    {
        await using var server = await cluster.Serve(token: Token, time: _time);
        using var visitor = new Visitor(server);
        HttpMethod[] methods = [HttpMethod.Head, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Post, HttpMethod.Options, HttpMethod.Patch, HttpMethod.Trace];
        foreach (var method in methods) (await visitor.Ask(method, "/events")).Status.ShouldBe(HttpStatusCode.Unauthorized, method.Method);
        visitor.Cookie = (await visitor.SignIn(Token)).Cookie;
        foreach (var path in (string[])[.. Paths, $"/runs/{cluster.Ended}/report", $"/runs/{cluster.Ended}"])
        {
            foreach (var method in methods)
            {
                var answer = await visitor.Ask(method, path);
                answer.Status.ShouldBeOneOf(HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound);
                answer.Text.ShouldBeEmpty();
            }
        }

        (await visitor.Get("/events")).Text.ShouldContain(cluster.Ended);
    }

    [Fact]
    public async Task Too_many_runs_followed_at_once_are_refused()
    {
        await using var server = await cluster.Serve(time: _time);
        using var visitor = new Visitor(server);
        var connections = new List<HttpResponseMessage>();
        try
        {
            for (var i = 0; i < LiveFeeds.MaxFeeds; i++) connections.Add(await visitor.Connect($"/events?run=r{i}"));

            connections.ShouldAllBe(connection => connection.StatusCode == HttpStatusCode.OK);
            (await visitor.Get("/events?run=another")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            connections.Add(await visitor.Connect("/events?run=r0"));
            connections[^1].StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private void ShouldBeRefused(Answer answer, string path, string? how)
    {
        (answer.Status, answer.SetCookie).ShouldBe((HttpStatusCode.Unauthorized, null), $"{path} with {how}");
        if (path == "/") answer.Text.ShouldContain("<form method=\"post\" action=\"/sign-in\">", customMessage: how);
        else answer.Text.ShouldBe(Refusal, $"{path} with {how}");
        answer.Text.ShouldNotContain(cluster.Active);
    }

    /// <summary>A form that is much longer than a token.</summary>
    private sealed class EndlessForm : HttpContent
    {
        private readonly byte[] _start;
        private readonly long? _length;

        public EndlessForm(string token, long? length)
        {
            (_start, _length) = (System.Text.Encoding.ASCII.GetBytes($"token={token}&x="), length);
            Headers.ContentType = new("application/x-www-form-urlencoded");
        }

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_start);
            var block = new byte[4096];
            for (Sent = _start.Length; Sent < (_length ?? 10_000_000); Sent += block.Length) await stream.WriteAsync(block);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length ?? 0;
            return _length is not null;
        }
    }
}
