using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Hosting.Tests.Tls;

public sealed class RefusalLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_line_is_logged_once_a_minute()
    {
        var limit = new RefusalLimit(_time);
        limit.Admit("a", out _).ShouldBeTrue();
        limit.Admit("b", out _).ShouldBeTrue();
        for (var i = 0; i < 5; i++) limit.Admit("a", out _).ShouldBeFalse();

        _time.Advance(TimeSpan.FromMinutes(1));

        limit.Admit("a", out var left).ShouldBeTrue();
        left.ShouldBe(5);
        limit.Admit("b", out left).ShouldBeTrue();
        left.ShouldBe(0);
    }

    [Fact]
    public void However_many_different_ones_there_are_a_minute_has_few_lines()
    {
        var limit = new RefusalLimit(_time);
        Enumerable.Range(0, 10_000).Count(i => limit.Admit($"{i}", out _)).ShouldBe(RefusalLimit.Lines);
        _time.Advance(TimeSpan.FromMinutes(1));
        limit.Admit("0", out var left).ShouldBeTrue();
        left.ShouldBe(10_000 - RefusalLimit.Lines);
    }

    [Theory]
    [InlineData("ours", "'ours'")]
    [InlineData("a\n2026 warn: forged\u001b[31m", "'a?2026 warn: forged?[31m'")]
    [InlineData("012345678901234567890123456789012345678901234567890123456789-more", "'012345678901234567890123456789012345678901234567890123456789...'")]
    public void The_text_of_a_peer_forges_no_line(string text, string shown) => PeerCheck.Printable(text).ShouldBe(shown);
}
