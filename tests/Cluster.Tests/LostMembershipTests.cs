using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cluster.Tests;

/// <summary>A cluster that loses what lists its silos, and commands in a cluster with a silo that hangs.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class LostMembershipTests
{
    [ClusterFact]
    public async Task Silos_and_commands_say_at_once_that_the_first_silo_has_ended()
    {
        await using var cluster = await SiloProcesses.Start(2, redis: null);
        await cluster.Silo("silo-1").Signal("KILL");
        var ended = await cluster.Silo("silo-2").End();
        ended.ExitCode.ShouldBe(SiloExitCode.LeftCluster);
        ended.Errors.ShouldHaveSingleItem().ShouldStartWith("moe-silo: the first silo of the cluster, 127.0.0.1:");
        (await Should.ThrowAsync<InvalidOperationException>(cluster.Status("any"))).Message.ShouldStartWith("the cluster has ended");
    }

    [ClusterFact]
    public async Task A_silo_ends_with_one_line_if_Redis_comes_back_empty()
    {
        await using var redis = new RedisServer();
        await redis.InitializeAsync();
        await using var cluster = await SiloProcesses.Start(1, redis);
        await redis.Forget(cluster.ClusterId);
        var ended = await cluster.Silo("silo-1").End();
        ended.ExitCode.ShouldBe(SiloExitCode.LeftCluster);
        ended.Errors.ShouldHaveSingleItem().ShouldStartWith("moe-silo: Redis answers, but no longer lists this silo: it has lost its data");
    }

    [ClusterFact]
    public async Task A_silo_that_is_asked_to_stop_while_Redis_does_not_answer_stops_soon()
    {
        var redis = new RedisServer();
        await redis.InitializeAsync();
        using var workspace = new Workspace();
        var ports = FreePorts.Find(2);
        using var silo = MoeProcess.StartSilo(
            [], workspace, "--name", "alone", "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", "0", "--clustering", "redis", "--redis", redis.Connection);
        await silo.WaitForOutput("is ready");
        await redis.DisposeAsync();
        await silo.Signal("TERM");
        var start = TimeProvider.System.GetTimestamp();
        (await silo.End()).ExitCode.ShouldBe(SiloExitCode.Done);
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [ClusterFact]
    public async Task A_silo_of_three_that_hangs_fails_no_command()
    {
        using var traces = new Traces();
        await Moe(traces, "cluster", "up", "--silos", "3");
        // Not the first, which lists the others.
        var silos = await traces.WaitForSilos(3);
        foreach (var hung in silos.Order().Skip(1).Take(1)) System.Diagnostics.Process.Start("kill", ["-STOP", $"{hung}"])!.WaitForExit();
        foreach (var command in (string[][])[["runs", "--json"], ["cluster", "status", "--json"], ["runs", "--json"], ["cluster", "status", "--json"]])
            await Moe(traces, command);
        await Moe(traces, "cluster", "down");
    }

    private static async Task Moe(Traces traces, params string[] arguments)
    {
        using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, arguments);
        var result = await command.End();
        result.ExitCode.ShouldBe(0, $"moe {string.Join(' ', arguments)}: {string.Join('\n', result.Errors)}");
    }
}
