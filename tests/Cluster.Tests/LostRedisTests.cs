using System.Globalization;

namespace MoeOrleans.Cluster.Tests;

/// <summary>If Redis ends, the run keeps its result and another cluster can start. The password of Redis is never shown.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class LostRedisTests
{
    private const string Password = "n0t-to-be-seen";

    [ClusterFact]
    public async Task A_run_whose_Redis_ends_has_its_files_and_a_warning()
    {
        await using var redis = await RedisServer.Start(Password);
        using var traces = new Traces();
        string[] run = [.. MoeProcess.SmallRun[..^1], "1500", "--set", "training.stop.enabled=false", "--silos", "2", "--clustering", "redis", "--output", "state/out"];
        using var command = MoeProcess.StartWith([.. traces.Environment, new("MOE__REDIS", redis.Connection)], traces.Workspace, run);
        await command.WaitForError("step 50/");
        (await traces.WaitForSilos(2)).ShouldAllBe(silo => !CommandLine(silo).Contains(Password, StringComparison.Ordinal));
        redis.Kill();

        var result = await command.End();

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Errors[^1].ShouldStartWith("warning: redis ");
        File.Exists(traces.Workspace.At("state", "out", "summary.json")).ShouldBeTrue();
        result.Errors.ShouldAllBe(line => !line.Contains(Password, StringComparison.Ordinal));
        Directory.Delete(traces.Workspace.At("state", "out"), recursive: true);
        await traces.ShouldBeNone();
    }

    [ClusterFact]
    public async Task A_cluster_whose_Redis_has_ended_is_replaced_and_taken_down()
    {
        await using var redis = await RedisServer.Start(Password);
        using var traces = new Traces();
        KeyValuePair<string, string>[] environment = [.. traces.Environment, new("MOE__REDIS", redis.Connection)];
        var up = await Run(environment, traces, "cluster", "up", "--silos", "1", "--clustering", "redis");
        up.ExitCode.ShouldBe(0, string.Join('\n', up.Errors));
        up.Output.ShouldContain("moe train --detach trains on them");
        var silo = (await traces.WaitForSilos(1)).ShouldHaveSingleItem();
        CommandLine(silo).ShouldNotContain(Password);
        (await File.ReadAllTextAsync(traces.Workspace.At("state", "moe-orleans", "silo-1.log"), TestContext.Current.CancellationToken)).ShouldNotContain(Password);
        redis.Kill();
        using (var process = System.Diagnostics.Process.GetProcessById(silo)) process.Kill();
        await traces.WaitForSilos(0);

        var again = await Run(environment, traces, "cluster", "up", "--silos", "1");
        again.ExitCode.ShouldBe(0, string.Join('\n', again.Errors));
        again.Errors.ShouldHaveSingleItem().ShouldStartWith("warning: the list of the cluster's silos stays in Redis: ");
        (await Run(environment, traces, "cluster", "down")).ExitCode.ShouldBe(0);
        await traces.WaitForSilos(0);
        // The runtime leaves its own files of a process that is killed; ours go.
        Directory.EnumerateFileSystemEntries(traces.Workspace.At("state")).ShouldBeEmpty();
    }

    private static string CommandLine(int process) => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"));

    private static async Task<MoeResult> Run(KeyValuePair<string, string>[] environment, Traces traces, params string[] arguments)
    {
        using var command = MoeProcess.StartWith(environment, traces.Workspace, arguments);
        return await command.End();
    }
}
