namespace MoeOrleans.Cluster.Tests;

/// <summary>A named run whose silo is lost: the same command brings it to the same result.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class NamedRunTests(RedisServer redis)
{
    // Long enough to be under way when its silo is killed.
    private static readonly string[] s_run = [.. MoeProcess.SmallRun[..^1], "4000", "--set", "training.stop.enabled=false", "--json"];

    [ClusterFact]
    public async Task A_run_whose_coordinator_was_killed_begins_again_by_the_same_command_with_the_same_bits()
    {
        await using var cluster = await SiloProcesses.Start(3, redis);
        using var workspace = new Workspace();
        string[] command = [.. s_run, "--connect", $"redis://{redis.Connection}/{cluster.ClusterId}", "--name", "may", "--output", "out"];
        string lostId;
        using (var first = MoeProcess.Start(workspace, command))
        {
            await first.WaitForError("step ");
            lostId = (await cluster.Runs.List()).ShouldHaveSingleItem().RunId;
            await cluster.Silo("silo-1").Signal("KILL");
            var lost = await first.End();
            lost.ExitCode.ShouldBe(1, string.Join('\n', lost.Errors));
            lost.Errors[^1].ShouldContain("the same command begins it again, with the same bits; its steps are in ");
        }

        var again = await MoeProcess.Run(workspace, command);
        again.ExitCode.ShouldBe(0, string.Join('\n', again.Errors));
        again.Json.GetProperty("runId").GetString().ShouldNotBe(lostId);
        var expected = await MoeProcess.Run(workspace, s_run);
        again.Json.GetProperty("weightsSha256").GetString().ShouldBe(expected.Json.GetProperty("weightsSha256").GetString());

        var saved = await MoeProcess.Run(workspace, command);
        (saved.ExitCode, saved.Output).ShouldBe((0, again.Output));
    }
}
