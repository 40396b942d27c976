using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe train --name: what the same command does a second time, by exit code, lines and files.</summary>
public sealed class NamedRunTests
{
    [Fact]
    public async Task The_same_command_fetches_what_has_ended_and_needs_no_cluster_once_its_folder_has_the_result()
    {
        await using var cluster = await ClusterOfOne.Start();
        using var workspace = new Workspace();
        var first = await Train(workspace, "ends", "--output", "out", "--json");
        first.ExitCode.ShouldBe(0, string.Join('\n', first.Errors));
        first.Json.GetProperty("name").GetString().ShouldBe("ends");
        var id = first.Json.GetProperty("runId").GetString()!;

        // Into another folder: fetched, not trained again.
        var second = await Train(workspace, "ends", "--shards", "2", "--output", "other", "--json");
        second.ExitCode.ShouldBe(0);
        second.Json.ToString().ShouldBe(first.Json.ToString());
        second.Errors.ShouldContain($"run {id} has the name ends, and is done");
        (await MoeCommand.Run(workspace, "runs", "--connect", cluster.Endpoint)).Output.ShouldMatch($"{id} +\\| ends +\\| done");

        // Another specification.
        var refused = await Train(workspace, "ends", "--seed", "9");
        (refused.ExitCode, refused.Errors.Length).ShouldBe((2, 1));
        refused.Errors[0].ShouldStartWith($"ends: the cluster has run {id} of this name, with another specification");
        (await Train(workspace, "ends", "--seed", "9", "--output", "out")).Errors[0].ShouldStartWith("--output: folder 'out' is not empty");
        (await Train(workspace, "june", "--output", "out")).Errors[0].ShouldStartWith("--output: folder 'out' is not empty");

        // The cluster forgets the run; nothing listens at the other endpoint.
        (await MoeCommand.Run(workspace, "forget", "ends", "--connect", cluster.Endpoint)).ExitCode.ShouldBe(0);
        foreach (var endpoint in (string[])[cluster.Endpoint, "127.0.0.1:1"])
        {
            var saved = await MoeCommand.Train(workspace, "--connect", endpoint, "--name", "ends", "--output", "out", "--json");
            saved.ExitCode.ShouldBe(0, string.Join('\n', saved.Errors));
            saved.Json.ToString().ShouldBe(first.Json.ToString());
            // A run of ten steps has not specialised, which is said too.
            saved.Errors.Where(line => !line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldEndWith("has the result of ends already, which has ended: nothing is trained");
        }

        (await cluster.Client.List()).ShouldNotContain(run => run.Name == "ends");
        await File.AppendAllTextAsync(workspace.At("out", "metrics.csv"), "1,2,3\n", TestContext.Current.CancellationToken);
        var damaged = await Train(workspace, "ends", "--output", "out");
        damaged.ExitCode.ShouldBe(2);
        damaged.Errors.ShouldHaveSingleItem().ShouldStartWith("--output: out/metrics.csv");

        Task<MoeResult> Train(Workspace folder, string name, params string[] options) =>
            MoeCommand.Train(folder, ["--connect", cluster.Endpoint, "--name", name, .. options]);
    }

    [Fact]
    public async Task Commands_at_the_same_moment_follow_one_run_which_SIGTERM_leaves_alone_and_SIGINT_stops()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no kill.");
        await using var cluster = await ClusterOfOne.Start();
        using var workspace = new Workspace();
        string[] command = [.. MoeProcess.EndlessRun, "--connect", cluster.Endpoint, "--name", "endless", "--json"];
        using var first = MoeProcess.Start(workspace, command);
        using var second = MoeProcess.Start(workspace, [.. command, "--output", "out"]);
        await first.WaitForError("step ");
        await second.WaitForError("step ");
        var run = (await cluster.Client.List()).Where(run => run.Name == "endless").ShouldHaveSingleItem();

        await first.Signal("TERM");
        var left = await first.End();
        (left.ExitCode, left.Output).ShouldBe((130, ""));
        left.Errors[^1].ShouldBe($"run {run.RunId} goes on; the same command follows it again, moe stop endless stops it");
        (await cluster.Client.Find("endless")).Info.State.ShouldBe(QueueEntryState.Active);
        var detached = await MoeCommand.Run(workspace, [.. command, "--detach"]);
        (detached.ExitCode, detached.Json.GetProperty("runId").GetString(), detached.Json.GetProperty("state").GetString()).ShouldBe((0, run.RunId, "active"));

        await second.Signal("INT");
        var stopped = await second.End();
        stopped.ExitCode.ShouldBe(130);
        stopped.Json.GetProperty("stopReason").GetString().ShouldBe("interrupted");

        // It stays so, with its result, with a folder that has it, and detached.
        foreach (var options in (string[][])[["--output", "again"], ["--output", "out"], ["--detach"]])
        {
            var again = await MoeCommand.Run(workspace, [.. command, .. options]);
            again.ExitCode.ShouldBe(130, string.Join('\n', again.Errors));
            again.Json.GetProperty("runId").GetString().ShouldBe(run.RunId);
        }

        File.Exists(workspace.At("again", "weights.safetensors")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_that_was_withdrawn_or_failed_keeps_its_exit_code()
    {
        // Commands in this process take turns, so a run of another test must not wait behind this endless one.
        await using var cluster = await ClusterOfOne.Start();
        using var workspace = new Workspace();
        string[] endless = [.. MoeProcess.EndlessRun, "--connect", cluster.Endpoint, "--detach", "--name"];
        (await MoeCommand.Run(workspace, [.. endless, "holds"])).ExitCode.ShouldBe(0);
        (await MoeCommand.Run(workspace, [.. endless, "withdrawn"])).ExitCode.ShouldBe(0);
        (await MoeCommand.Run(workspace, "stop", "withdrawn", "--connect", cluster.Endpoint)).ExitCode.ShouldBe(0);
        (await MoeCommand.Run(workspace, "stop", "holds", "--connect", cluster.Endpoint)).ExitCode.ShouldBe(0);
        foreach (var detach in (string[][])[["--detach"], []])
        {
            var withdrawn = await MoeCommand.Run(workspace, [.. MoeProcess.EndlessRun, "--connect", cluster.Endpoint, "--name", "withdrawn", .. detach]);
            withdrawn.ExitCode.ShouldBe(130);
            withdrawn.Errors[^1].ShouldMatch("^moe: run .* was stopped before its first step$");

            // Its loss is not finite after the first step.
            string[] diverging = ["--connect", cluster.Endpoint, "--name", "fails", "--set", "training.expert.rate=1e30", "--set", "training.router.rate=1e30"];
            string? error = null;
            for (var i = 0; i < 2; i++)
            {
                var failed = await MoeCommand.Train(workspace, diverging);
                failed.ExitCode.ShouldBe(1, string.Join('\n', failed.Errors));
                failed.Errors[^1].ShouldBe(error ??= failed.Errors[^1]);
            }
        }

        (await cluster.Client.List()).Count(run => run.Name == "fails").ShouldBe(1);
    }

    [Theory]
    [InlineData("--name: only a cluster remembers names", "--name", "may")]
    [InlineData("--name: only a cluster remembers names", "--name", "may", "--silos", "2")]
    [InlineData("--name: must be 1 to 100 letters", "--name", "two words", "--connect", "127.0.0.1:1")]
    [InlineData("--record-routing: only one command can fetch the record", "--name", "may", "--connect", "127.0.0.1:1", "--record-routing", "record")]
    public async Task A_name_that_cannot_be_is_refused_in_one_line(string expected, params string[] options)
    {
        using var workspace = new Workspace();
        var result = await MoeCommand.Train(workspace, options);
        (result.ExitCode, result.Output).ShouldBe((2, ""));
        result.Errors.ShouldHaveSingleItem().ShouldStartWith(expected);
        workspace.Entries.ShouldBeEmpty();
    }
}
