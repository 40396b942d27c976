using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using StackExchange.Redis;

namespace MoeOrleans.Cluster.Tests;

/// <summary>If Redis refuses a connection or a command, the error gives its reason.</summary>
public sealed class RedisRefusalTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Theory(Timeout = Limit.Test)]
    [InlineData("", "it wants a password; add ,password=...")]
    [InlineData(",password=wrong", "it refuses this user name or password")]
    [InlineData(",user=stranger,password=a/b", "it refuses this user name or password")]
    public async Task A_password_that_is_missing_or_wrong(string options, string reason)
    {
        var connection = redis.Connection;
        await Configure("CONFIG", "SET", "requirepass", "a/b");
        try
        {
            var failure = await Should.ThrowAsync<ConfigurationException>(RedisConnection.HasCluster(connection + options, "moe"));
            failure.Message.ShouldBe($"redis {connection}: {reason}");
            (await RedisConnection.HasCluster($"redis://:a%2Fb@{connection}", "moe")).ShouldBeFalse();
        }
        finally
        {
            await Configure("CONFIG", "SET", "requirepass", "");
        }
    }

    [Fact(Timeout = Limit.Test)]
    public async Task A_user_without_rights_is_told_by_clients_and_silos()
    {
        await Configure("ACL", "SETUSER", "reader", "on", "nopass", "~*", "+@connection", "+info", "+cluster", "+exists");
        var connection = $"{redis.Connection},user=reader,password=any";

        var failure = await Should.ThrowAsync<ConfigurationException>(RedisConnection.DeleteCluster(connection, "moe"));
        failure.Message.ShouldStartWith($"redis {redis.Connection}: refuses a command: NOPERM");

        using var workspace = new Workspace();
        var ports = FreePorts.Find(2);
        using var silo = MoeProcess.StartSilo(
            [], workspace, "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", "0", "--clustering", "redis", "--redis", connection);
        var result = await silo.End();
        result.Errors.ShouldHaveSingleItem().ShouldStartWith($"moe-silo: redis {redis.Connection}: refuses a command: NOPERM");
        result.ExitCode.ShouldBe(2);
    }

    private async Task Configure(string command, params object[] arguments)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Connection},password=a/b,allowAdmin=true");
        await connection.GetDatabase().ExecuteAsync(command, arguments);
    }
}
