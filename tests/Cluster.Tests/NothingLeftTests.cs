namespace MoeOrleans.Cluster.Tests;

/// <summary>The silos that a command starts end with it, however it ends, and leave no process, port, file or Redis key.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class NothingLeftTests(RedisServer redis)
{
    private static readonly string[] s_short = [.. MoeProcess.SmallRun[..^1], "2", "--silos", "3"];
    private static readonly string[] s_long = [.. MoeProcess.EndlessRun, "--silos", "3"];

    [ClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Five_starts_and_stops_leave_nothing(bool listedInRedis)
    {
        string[] clustering = listedInRedis ? ["--clustering", "redis", "--redis", redis.Connection] : [];
        using var traces = new Traces();
        for (var i = 0; i < 5; i++)
        {
            using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, [.. s_short, .. clustering]);
            await traces.WaitForSilos(3);
            (await command.End()).ExitCode.ShouldBe(0);
            await traces.ShouldBeNone();
        }

        if (listedInRedis) (await redis.Keys()).ShouldBeEmpty();
    }

    [ClusterTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_takes_the_silos_down_after_the_run_has_its_summary(string signal)
    {
        using var traces = new Traces();
        using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, [.. s_long, "--json"]);
        await command.WaitForError("step 50/");
        (await traces.WaitForSilos(3)).Count.ShouldBe(3);
        await command.Signal(signal);
        var result = await command.End();
        result.ExitCode.ShouldBe(130, string.Join('\n', result.Errors));
        result.Json.GetProperty("stopReason").GetString().ShouldBe("interrupted");
        await traces.ShouldBeNone();
    }

    [ClusterFact]
    public async Task The_silos_of_a_command_that_is_killed_end_by_themselves()
    {
        using var traces = new Traces();
        using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, s_long);
        await command.WaitForError("step 50/");
        await traces.WaitForSilos(3);
        await command.Signal("KILL");
        await command.End();
        await Wait.Until(() => "the silos have not ended", () => Task.FromResult(traces.Silos().Count == 0));
        Directory.GetDirectories(traces.Workspace.At("tmp"), "moe-*").ShouldBeEmpty();
    }

    [ClusterFact]
    public async Task The_silos_of_a_command_have_their_data_in_memory_once()
    {
        using var traces = new Traces();
        using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, s_long);
        await command.WaitForError("step 50/");
        var mapped = (await traces.WaitForSilos(3)).Select(silo => File.ReadLines($"/proc/{silo}/maps").Where(line => line.EndsWith("train_x.npy", StringComparison.Ordinal)).Select(line => line[line.IndexOf('/')..]).Distinct().ToArray()).ToArray();
        mapped.ShouldAllBe(files => files.Length == 1);
        mapped.SelectMany(files => files).Distinct().ShouldHaveSingleItem().ShouldStartWith(traces.Workspace.At("tmp"));
        await command.Signal("INT");
        await command.End();
        await traces.ShouldBeNone();
    }

    [ClusterFact]
    public async Task A_run_whose_first_silo_is_killed_fails_with_a_line_and_takes_the_others_down()
    {
        using var traces = new Traces();
        using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, s_long);
        await command.WaitForError("step 50/");
        var silos = await traces.WaitForSilos(3);
        // It was started before the others.
        using (var first = System.Diagnostics.Process.GetProcessById(silos.Min())) first.Kill();
        var result = await command.End();
        result.ExitCode.ShouldBe(1, string.Join('\n', result.Errors));
        result.Errors[^1].ShouldContain("silo silo-1 was lost, and the cluster with it");
        await Wait.Until(() => "the silos have not ended", () => Task.FromResult(traces.Silos().Count == 0));
    }
}
