using System.Net;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Hosting.Tests.Clusters;

public sealed class ClusterAddressTests
{
    [Theory]
    [InlineData("10.0.0.7:30000", "moe")]
    [InlineData("10.0.0.7:30000/tuesday", "tuesday")]
    public void A_gateway_is_an_address_with_a_port_and_perhaps_a_cluster(string text, string clusterId)
    {
        var address = ClusterAddress.Parse(text, "--connect");

        address.Gateways.ShouldBe([new IPEndPoint(IPAddress.Parse("10.0.0.7"), 30000)]);
        address.ClusterId.ShouldBe(clusterId);
        address.Redis.ShouldBeNull();
    }

    [Fact]
    public void A_hosts_name_stands_for_all_its_addresses() =>
        ClusterAddress.Parse("localhost:30000", "--connect").Gateways.ShouldContain(new IPEndPoint(IPAddress.Loopback, 30000));

    [Theory]
    [InlineData("redis://localhost:6379", "moe")]
    [InlineData("redis://localhost:6379,password=a/b", "moe")]
    [InlineData("redis://localhost:6379/tuesday,password=a/b", "tuesday")]
    [InlineData("rediss://user:a%2Fb@10.0.0.7/tuesday", "tuesday")]
    [InlineData("REDIS://10.0.0.7:6379/tuesday", "tuesday")]
    public void A_redis_is_named_by_its_scheme(string text, string clusterId)
    {
        var address = ClusterAddress.Parse(text, "--connect");

        address.Redis.ShouldBe(text);
        address.ClusterId.ShouldBe(clusterId);
        address.Gateways.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://:secret@127.0.0.1:30000", "got http://***@127.0.0.1:30000")]
    [InlineData("me:secret@no.such.host.invalid:30000", "there is no host '***@no.such.host.invalid'")]
    [InlineData("secret@127.0.0.1", "got ***@127.0.0.1")]
    public void What_may_be_a_password_is_not_shown(string text, string end)
    {
        var message = Should.Throw<ConfigurationException>(() => ClusterAddress.Parse(text, "--connect")).Message;
        message.ShouldEndWith(end);
        message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("redis://")]
    [InlineData("redis://:secret@localhost/")]
    [InlineData("redis://localhost,password=secret,unknown=1")]
    public void A_malformed_redis_is_refused_without_its_password(string text)
    {
        var failure = Should.Throw<ConfigurationException>(() => ClusterAddress.Parse(text, "--connect"));

        failure.Message.ShouldStartWith("--connect: redis: cannot read the connection string: ");
        failure.Message.ShouldNotContain("secret");
    }
}
