using System.Diagnostics;
using System.Text.Json;

namespace MoeOrleans.Cluster.Tests;

/// <summary>A cluster that a user keeps on the machine, and runs that go on in it without a terminal.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class KeptClusterTests(RedisServer redis, OneProcess oneProcess)
{
    [ClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_detached_run_is_watched_and_fetched_and_has_the_bits_of_one_process(bool listedInRedis)
    {
        string[] clustering = listedInRedis ? ["--clustering", "redis", "--redis", redis.Connection] : [];
        using var traces = new Traces();
        var up = await Done(traces, ["cluster", "up", "--silos", "2", .. clustering]);
        (await traces.WaitForSilos(2)).Count.ShouldBe(2);
        var runId = (await Done(traces, [.. OneProcess.Run, "--detach"])).Json.GetProperty("runId").GetString()!;

        (await Done(traces, ["watch", runId[..6], "--json"])).Json.GetProperty("weightsSha256").GetString().ShouldBe(await oneProcess.WeightsSha256);
        using var fetched = new Workspace();
        await Done(traces, ["fetch", runId, "--output", fetched.Path]);
        using (var summary = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(fetched.Path, "summary.json"), TestContext.Current.CancellationToken)))
            summary.RootElement.GetProperty("weightsSha256").GetString().ShouldBe(await oneProcess.WeightsSha256);
        File.Exists(Path.Combine(fetched.Path, "weights.safetensors")).ShouldBeTrue();

        // As the command that started them says, from any terminal.
        var endpoint = up.Output.Split("--connect ")[1].Split(' ')[0];
        (await Done(traces, [.. OneProcess.Run, "--connect", endpoint, "--dispatch", "payload"])).Json.GetProperty("weightsSha256").GetString().ShouldBe(await oneProcess.WeightsSha256);
        var runs = (await Done(traces, ["runs", "--json", "--connect", endpoint])).Json.EnumerateArray().Select(run => run.GetProperty("state").GetString());
        runs.ShouldBe(["done", "done"]);

        await Down(traces);
        if (listedInRedis) (await redis.Keys()).ShouldBeEmpty();
    }

    [ClusterFact]
    public async Task One_run_is_active_and_others_wait_until_it_is_stopped()
    {
        using var traces = new Traces();
        await Done(traces, ["cluster", "up", "--silos", "3"]);
        var active = await Detach(traces);
        var waiting = await Detach(traces);
        var withdrawn = await Detach(traces);
        (await States(traces)).ShouldBe(["active", "queued", "queued"]);

        await Wait.Until(() => "its 8 experts do not live on all silos, evenly", async () => (await Experts(traces, active)).Order().SequenceEqual([2, 3, 3]));

        using (var watching = MoeProcess.StartWith(traces.Environment, traces.Workspace, "watch", active))
        {
            await watching.WaitForError("step ");
            await watching.Signal("INT");
            var result = await watching.End();
            result.ExitCode.ShouldBe(130);
            result.Errors[^1].ShouldContain($"run {active} goes on");
        }

        (await Refused(traces, "forget", active)).ShouldContain($"run {active} is active; end it first: moe stop {active}");
        var early = await Refused(traces, "fetch", active, "--output", "early");
        early.ShouldContain($"{active}: the run has not ended");
        Directory.Exists(traces.Workspace.At("early")).ShouldBeFalse();

        await Done(traces, ["stop", withdrawn]);
        (await States(traces)).ShouldBe(["active", "queued", "withdrawn"]);
        await Done(traces, ["stop", active]);
        await Wait.Until(() => "the run that waited does not begin", async () => (await States(traces)).SequenceEqual(["done", "active", "withdrawn"]));
        using var stopped = new Workspace();
        (await Done(traces, ["fetch", active, "--output", stopped.Path, "--json"])).Json.GetProperty("stopReason").GetString().ShouldBe("interrupted");
        await Done(traces, ["forget", active]);
        (await States(traces)).ShouldBe(["active", "withdrawn"]);

        (await Down(traces)).Errors.ShouldContain(line => line.StartsWith($"run {waiting} is cancelled after", StringComparison.Ordinal));
    }

    [ClusterFact]
    public async Task What_cannot_be_is_told_in_one_line_soon()
    {
        using var traces = new Traces();
        (await Refused(traces, "cluster", "down")).ShouldBe("cluster down: there is no local cluster");
        await Refused(traces, "runs");
        await Done(traces, ["cluster", "up", "--silos", "1"]);
        foreach (var command in (string[][])[["watch", "nope"], ["stop", "nope"], ["fetch", "nope", "--output", "out"], ["forget", "nope"]])
            (await Refused(traces, command)).ShouldBe("nope: the cluster has no such run; 'moe runs' lists the runs");
        foreach (var command in (string[][])[["watch", ""], ["stop", " "], ["fetch", "", "--output", "out"]])
            (await Refused(traces, command)).ShouldBe("RUN: must be a run's id, a unique prefix of it, or a run's name; 'moe runs' lists the runs");
        (await Refused(traces, "cluster", "up")).ShouldBe("cluster up: a local cluster of 1 silos already runs; 'moe cluster down' stops it");
        await Down(traces);
    }

    [ClusterFact]
    public async Task A_cluster_whose_silos_were_killed_is_taken_down_or_started_anew()
    {
        using var traces = new Traces();
        // The second has fewer: what the first left of the others goes too.
        foreach (var silos in (int[])[2, 1])
        {
            await Done(traces, ["cluster", "up", "--silos", $"{silos}"]);
            foreach (var silo in await traces.WaitForSilos(silos))
            {
                using var process = Process.GetProcessById(silo);
                process.Kill();
            }

            await traces.WaitForSilos(0);
        }

        // The runtime leaves its own files of a process that is killed; ours go.
        await Done(traces, ["cluster", "down"]);
        Directory.EnumerateFileSystemEntries(traces.Workspace.At("state")).ShouldBeEmpty();
    }

    [ClusterFact]
    public async Task Of_two_that_start_a_cluster_at_the_same_time_one_does_and_the_other_says_so()
    {
        using var traces = new Traces();
        var both = await Task.WhenAll(Run(traces, ["cluster", "up", "--silos", "2"]), Run(traces, ["cluster", "up", "--silos", "2"]));
        both.Select(result => result.ExitCode).ShouldBe([0, 2], ignoreOrder: true);
        both.Single(result => result.ExitCode == 2).Errors.ShouldHaveSingleItem().ShouldMatch("^cluster up: (another 'moe cluster up' or 'moe cluster down' is running|a local cluster of 2 silos already runs); ");
        (await traces.WaitForSilos(2)).Count.ShouldBe(2);
        await Down(traces);
    }

    private static async Task<MoeResult> Run(Traces traces, string[] arguments)
    {
        using var command = MoeProcess.StartWith(traces.Environment, traces.Workspace, arguments);
        return await command.End();
    }

    private static async Task<MoeResult> Done(Traces traces, string[] arguments)
    {
        var result = await Run(traces, arguments);
        result.ExitCode.ShouldBe(0, $"moe {string.Join(' ', arguments)}: {string.Join('\n', result.Errors)}");
        return result;
    }

    private static async Task<string> Refused(Traces traces, params string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await Run(traces, arguments);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Limit.Soon);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        return result.Errors.ShouldHaveSingleItem();
    }

    private static async Task<MoeResult> Down(Traces traces)
    {
        var down = await Done(traces, ["cluster", "down"]);
        down.Errors.ShouldNotContain(line => line.Contains("was killed", StringComparison.Ordinal));
        await traces.ShouldBeNone();
        return down;
    }

    private static async Task<string> Detach(Traces traces) => (await Done(traces, [.. MoeProcess.EndlessRun, "--detach", "--json"])).Json.GetProperty("runId").GetString()!;

    private static async Task<string?[]> States(Traces traces) =>
        [.. (await Done(traces, ["runs", "--json"])).Json.EnumerateArray().Select(run => run.GetProperty("state").GetString())];

    private static async Task<int[]> Experts(Traces traces, string runId) =>
    [
        .. (await Done(traces, ["cluster", "status", "--json"])).Json.GetProperty("silos").EnumerateArray().Select(silo => silo.GetProperty("silo").GetProperty("grains").EnumerateArray()
            .Count(grain => grain.GetProperty("runId").GetString() == runId && grain.GetProperty("kind").GetString() == "expert")),
    ];
}
