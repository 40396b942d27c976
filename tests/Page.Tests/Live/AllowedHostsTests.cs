using System.Net;
using Microsoft.AspNetCore.Http;
using MoeOrleans.Page.Access;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>Under which names the page is known.</summary>
public sealed class AllowedHostsTests
{
    [Theory]
    [InlineData("127.0.0.1:8321", "127.0.0.1")]
    [InlineData("localhost:9999", "127.0.0.1")]
    [InlineData("LOCALHOST", "127.0.0.1")]
    [InlineData("[::1]:8321", "::1")]
    [InlineData("localhost", "::1")]
    [InlineData("10.0.0.7:8321", "10.0.0.7")]
    [InlineData("10.0.0.7", "::ffff:10.0.0.7")]
    [InlineData("moe.example.org:443", "10.0.0.7")]
    [InlineData("MOE.example.org", "127.0.0.1")]
    public void Its_address_and_the_names_allowed_are_answered(string host, string local) => Allow(host, local).ShouldBeTrue();

    [Theory]
    [InlineData("attacker.example", "127.0.0.1")]
    [InlineData("localhost.attacker.example", "127.0.0.1")]
    [InlineData("127.0.0.1.attacker.example", "127.0.0.1")]
    [InlineData("localhost", "10.0.0.7")]
    [InlineData("127.0.0.1", "10.0.0.7")]
    [InlineData("10.0.0.8", "10.0.0.7")]
    [InlineData("10.0.0.7", "127.0.0.1")]
    [InlineData("", "127.0.0.1")]
    public void Others_are_not(string host, string local) => Allow(host, local).ShouldBeFalse();

    private static bool Allow(string host, string local) => new AllowedHosts(["moe.example.org"]).Allow(new HostString(host), IPAddress.Parse(local));
}
