using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Page.Access;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>Which cookies are accepted.</summary>
public sealed class SessionCookieTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void A_cookie_is_accepted_for_twelve_hours()
    {
        var session = new SessionCookie(Token, _time);
        var cookie = session.New();

        _time.Advance(SessionCookie.Lifetime - TimeSpan.FromSeconds(1));
        session.IsValid(cookie).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        session.IsValid(cookie).ShouldBeFalse();
    }

    [Fact]
    public void Every_server_with_the_same_token_accepts_it_and_none_with_another()
    {
        var (session, other) = (new SessionCookie(Token, _time), new SessionCookie(Token.Replace('0', '1'), _time));
        var cookie = session.New();

        new SessionCookie(Token, _time).IsValid(cookie).ShouldBeTrue();
        other.IsValid(cookie).ShouldBeFalse();
        // A browser sends cookies to all ports of a host.
        (new SessionCookie(Token, _time).Name == session.Name, other.Name == session.Name).ShouldBe((true, false));
    }

    [Fact]
    public void A_cookie_that_was_made_up_or_changed_is_not_accepted()
    {
        var session = new SessionCookie(Token, _time);
        var parts = session.New().Split('.');

        foreach (var forged in (string[])["", ".", parts[0], $"{parts[0]}.", $".{parts[1]}", $"9{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1].ToUpperInvariant()}", Token])
            session.IsValid(forged).ShouldBeFalse(forged);
    }

    [Fact]
    public void Only_the_whole_token_is_the_token()
    {
        var session = new SessionCookie(Token, _time);

        session.IsToken(Token).ShouldBeTrue();
        foreach (var wrong in (string[])["", Token[..^1], Token + "0", Token.ToUpperInvariant(), " " + Token]) session.IsToken(wrong).ShouldBeFalse(wrong);
    }
}
