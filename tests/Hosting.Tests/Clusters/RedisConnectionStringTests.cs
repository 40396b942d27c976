using System.Net;
using System.Net.Sockets;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using StackExchange.Redis;

namespace MoeOrleans.Hosting.Tests.Clusters;

public sealed class RedisConnectionStringTests
{
    [Theory]
    [InlineData("db.example", "db.example:6379", false, null, null)]
    [InlineData("db.example:7000", "db.example:7000", false, null, null)]
    [InlineData("db.example,password=a/b", "db.example:6379", false, null, "a/b")]
    [InlineData("db.example,ssl=true", "db.example:6380", true, null, null)]
    [InlineData("redis://db.example", "db.example:6379", false, null, null)]
    [InlineData("redis://db.example,password=a/b@c", "db.example:6379", false, null, "a/b@c")]
    [InlineData("redis://:a%2Fb@db.example", "db.example:6379", false, null, "a/b")]
    [InlineData("redis://:a/b@db.example/moe", "db.example:6379", false, null, "a/b")]
    [InlineData("redis://ann:a%40b@db.example:7000", "db.example:7000", false, "ann", "a@b")]
    [InlineData("rediss://db.example", "db.example:6380", true, null, null)]
    [InlineData("REDISS://ann:b@one.example,two.example:7000/moe,connectTimeout=100", "one.example:6380,two.example:7000", true, "ann", "b")]
    public void Every_form_means_the_same_everywhere(string text, string endpoints, bool tls, string? user, string? password)
    {
        var connection = RedisConnectionString.Parse(text);

        connection.Endpoints.ShouldBe(endpoints);
        connection.Options.Ssl.ShouldBe(tls);
        connection.Options.User.ShouldBe(user);
        connection.Options.Password.ShouldBe(password);
    }

    [Fact]
    public void A_silo_refuses_a_path_because_its_cluster_has_a_setting() => Should.Throw<ConfigurationException>(() => RedisConnectionString.ParseOfSilo("redis://db.example/moe"))
        .Message.ShouldBe("redis: the connection string of silos names no cluster; leave out the path behind the host");

    [Fact]
    public async Task A_host_that_does_not_exist_is_told() =>
        (await Should.ThrowAsync<ClusterUnavailableException>(RedisConnection.Open("nosuchhost.invalid"))).Message.ShouldBe("redis nosuchhost.invalid:6379: there is no such host");

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", true)]
    [InlineData("NOPERM this user has no permissions to run the 'hgetall' command", false)]
    public void Only_a_Redis_that_is_loading_its_data_may_answer_a_refused_command_later(string answer, bool mayCome) =>
        (RedisRefusal.OfCommand(RedisConnectionString.Parse("db.example"), new RedisServerException(answer)) is ClusterUnavailableException).ShouldBe(mayCome);

    [Fact]
    public async Task A_port_that_nobody_listens_at_is_told()
    {
        var port = FreePorts.Find(1)[0];

        (await Should.ThrowAsync<ClusterUnavailableException>(RedisConnection.Open($"127.0.0.1:{port}"))).Message
            .ShouldBe($"redis 127.0.0.1:{port}: no answer; is Redis running, and reachable from here?");
    }

    [Theory]
    [InlineData("", "it accepts connections but does not answer as Redis does; if it wants TLS, add ,ssl=true or use rediss://")]
    [InlineData(",ssl=true", "it accepts connections but no TLS; leave out ssl=true or use redis:// if Redis has no TLS")]
    public async Task A_port_that_does_not_speak_as_expected_is_told(string options, string reason)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var ended = new CancellationTokenSource();
        var closing = CloseEach(listener, ended.Token);

        var failure = await Should.ThrowAsync<ConfigurationException>(RedisConnection.Open($"{listener.LocalEndpoint}{options}"));
        failure.ShouldNotBeOfType<ClusterUnavailableException>();

        failure.Message.ShouldBe($"redis {listener.LocalEndpoint}: {reason}");
        await ended.CancelAsync();
        await closing;
    }

    private static async Task CloseEach(TcpListener listener, CancellationToken ended)
    {
        try
        {
            while (true) (await listener.AcceptTcpClientAsync(ended)).Dispose();
        }
        catch (OperationCanceledException)
        {
        }
    }
}
