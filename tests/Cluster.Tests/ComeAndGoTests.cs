using System.Diagnostics;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Cluster.Tests;

/// <summary>Silos join, are stopped and are killed while a run goes on; it keeps its bits.</summary>
[Collection(SeveralSilos.Collection)]
public sealed class ComeAndGoTests(RedisServer redis)
{
    private const int Experts = 8;
    private const int Shards = 3;

    private static readonly RunSpec s_spec = Specifications.Small("training.steps=1000000", "training.stop.enabled=false");

    [ClusterFact]
    public async Task A_silo_that_joins_gets_experts_and_one_that_is_asked_to_stop_gives_its_away()
    {
        await using var cluster = await SiloProcesses.Start(2, redis: null);
        var runId = await cluster.Begin(s_spec, Shards);
        await cluster.Steps(runId, 5);
        await cluster.Even(runId, 2, Experts, Shards);
        var joined = await cluster.Join();
        await cluster.Even(runId, 3, Experts, Shards);
        await cluster.Silo(joined).Signal("TERM");
        var ended = await cluster.Silo(joined).End();
        ended.ExitCode.ShouldBe(0, string.Join('\n', ended.Errors));
        ended.Output.ShouldContain($"Silo {joined} is drained");
        await cluster.Even(runId, 2, Experts, Shards);
        await AfterwardsTheBitsAreRight(cluster, runId, recoveries: 0);
    }

    [ClusterTheory]
    [InlineData("silo-3")]
    [InlineData("silo-1")]
    public async Task With_Redis_any_silo_may_be_asked_to_stop_the_first_too(string name)
    {
        await using var cluster = await SiloProcesses.Start(3, redis);
        var runId = await cluster.Begin(s_spec, Shards);
        await cluster.Steps(runId, 5);
        await cluster.Silo(name).Signal("TERM");
        (await cluster.Silo(name).End()).ExitCode.ShouldBe(0);
        await cluster.Even(runId, 2, Experts, Shards);
        await AfterwardsTheBitsAreRight(cluster, runId, recoveries: 0);
    }

    // Three times the targets of docs/results.md: the machine may be busy.
    [ClusterTheory]
    [InlineData("KILL", 9)]
    [InlineData("STOP", 24)]
    public async Task A_silo_that_is_killed_or_hangs_costs_a_recovery_of_seconds_and_no_bit(string signal, int seconds)
    {
        await using var cluster = await SiloProcesses.Start(3, redis);
        var runId = await cluster.Begin(s_spec, Shards);
        await cluster.Steps(runId, 300);
        var before = (await cluster.Status(runId)).StepsDone;
        await cluster.Silo("silo-2").Signal(signal);
        var start = Stopwatch.GetTimestamp();
        await Wait.Until(() => $"the run does not begin again\n{cluster.Log}", async () => (await cluster.Status(runId)).StepsDone is > 0 and var done && done < before);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(seconds), cluster.Log);
        await cluster.Even(runId, 2, Experts, Shards);
        if (signal == "STOP") await ItEndsWithOneLine(cluster.Silo("silo-2"));
        await AfterwardsTheBitsAreRight(cluster, runId, recoveries: 1);
    }

    /// <summary>A silo that goes on after the others have declared it dead.</summary>
    private static async Task ItEndsWithOneLine(MoeProcess silo)
    {
        await silo.Signal("CONT");
        var ended = await silo.End();
        ended.ExitCode.ShouldBe(SiloExitCode.LeftCluster, string.Join('\n', ended.Errors));
        ended.Errors.ShouldBe([$"{SiloLog.ReasonPrefix}{FatalErrors.DeclaredDead}"]);
        ended.Output.ShouldNotContain("   at ");
    }

    private static async Task AfterwardsTheBitsAreRight(SiloProcesses cluster, string runId, int recoveries)
    {
        await cluster.Steps(runId, (await cluster.Status(runId)).StepsDone + 3);
        var summary = await cluster.Stop(runId);
        summary.Recoveries.ShouldBe(recoveries, cluster.Log);
        summary.WeightsSha256.ShouldBe(Specifications.Sequential(s_spec with { Training = s_spec.Training with { Steps = (int)summary.Steps } }));
    }
}
