using System.Globalization;
using System.Text.RegularExpressions;
using MoeOrleans.Hosting.Processes;
using StackExchange.Redis;

namespace MoeOrleans.Cluster.Tests;

/// <summary>Commands and silos that wait for a cluster: before its silos have started, after one was killed, and after all were.</summary>
[Collection(SeveralSilos.Collection)]
public sealed partial class StartWaitTests(RedisServer redis)
{
    private static readonly string[] s_wait = ["--wait-seconds", "120"];

    [ClusterFact]
    public async Task Silos_that_were_killed_come_back_under_the_same_names_at_other_ports_one_and_all()
    {
        await using var cluster = new SiloProcesses(redis);
        using var workspace = new Workspace();
        string[] train = ["--connect", $"redis://{redis.Connection}/{cluster.ClusterId}", "--name", "early", "--json"];
        using var early = MoeProcess.Start(workspace, [.. MoeProcess.SmallRun, .. train, "--min-silos", "2"]);
        await early.WaitForError($"waiting for 2 silos: redis {redis.Connection} lists no cluster");
        await cluster.Join();
        await cluster.Join();
        var first = await early.End();
        first.ExitCode.ShouldBe(0, string.Join('\n', first.Errors));
        // The cluster was scaled down meanwhile: a run that it knows needs no silos.
        var known = await MoeProcess.Train(workspace, [.. train, "--min-silos", "9", "--wait-seconds", "60"]);
        (known.ExitCode, known.Json.GetProperty("runId").GetString()).ShouldBe((0, first.Json.GetProperty("runId").GetString()));

        // A pod is replaced. The other silo declares the old one dead.
        await cluster.Silo("silo-2").Signal("KILL");
        var again = cluster.Again("silo-2", s_wait);
        await again.WaitForOutput("is ready");

        // A silo that lives is waited for, and not replaced.
        var ports = FreePorts.Find(2);
        using var twin = MoeProcess.StartSilo(
            [], workspace, "--name", "silo-2", "--cluster-id", cluster.ClusterId, "--silo-port", $"{ports[0]}", "--gateway-port", $"{ports[1]}", "--http-port", "0", "--clustering", "redis",
            "--redis", redis.Connection, "--wait-seconds", "60");
        await twin.WaitForOutput("of the cluster is also called 'silo-2'");
        await twin.Signal("TERM");
        var left = await twin.End();
        (left.ExitCode, string.Join('\n', left.Errors)).ShouldBe((SiloExitCode.Failure, "moe-silo: interrupted by a signal before the silo was ready"));

        // All machines lose their power, for a minute. No silo is left that declares the others dead.
        string[] names = ["silo-1", "silo-2"];
        foreach (var name in names) await cluster.Silo(name).Signal("KILL");
        await MakeOlder(cluster.ClusterId, TimeSpan.FromMinutes(1));
        MoeProcess[] silos = [.. names.Select(name => cluster.Again(name, s_wait))];
        foreach (var silo in silos) await silo.WaitForOutput("is ready");
        var second = await MoeProcess.Train(workspace, [.. train, "--min-silos", "2", "--wait-seconds", "60"]);
        second.ExitCode.ShouldBe(0, string.Join('\n', second.Errors));
        second.Json.GetProperty("weightsSha256").GetString().ShouldBe(first.Json.GetProperty("weightsSha256").GetString());
    }

    [ClusterFact]
    public async Task A_silo_waits_for_the_first_silo_of_a_cluster_without_Redis()
    {
        using var workspace = new Workspace();
        var ports = FreePorts.Find(4);
        using var second = Start("second", ports[2], ports[3], "--primary", $"127.0.0.1:{ports[0]}", "--wait-seconds", "60");
        await second.WaitForOutput($"The silo waits up to 60 s to start: --primary: no silo answers at 127.0.0.1:{ports[0]}");
        using var first = Start("first", ports[0], ports[1], "--wait-seconds", "60");
        await second.WaitForOutput("is ready");

        MoeProcess Start(string name, int silo, int gateway, params string[] more) =>
            MoeProcess.StartSilo([], workspace, ["--name", name, "--silo-port", $"{silo}", "--gateway-port", $"{gateway}", "--http-port", "0", "--threads", "1", .. more]);
    }

    /// <summary>Makes the signs of life of silos older than they are: a minute without power, without a minute.</summary>
    private async Task MakeOlder(string clusterId, TimeSpan age)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var database = connection.GetDatabase();
        var key = (await redis.Keys()).Single(key => key.Contains(clusterId, StringComparison.Ordinal));
        foreach (var silo in (await database.HashGetAllAsync(key)).Where(entry => entry.Name != "Version"))
        {
            await database.HashSetAsync(key, silo.Name, SignOfLife().Replace(silo.Value!, time =>
                $"{time.Groups[1]}{(DateTimeOffset.Parse(time.Groups[2].Value, CultureInfo.InvariantCulture) - age).UtcDateTime:O}"));
        }
    }

    [GeneratedRegex("(\"(?:StartTime|IAmAliveTime)\":\")([^\"]+)")]
    private static partial Regex SignOfLife();
}
