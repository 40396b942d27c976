using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Tests.Experts;

/// <summary>Every commit is an event of the log with the hash of the weights, if the level is Trace.</summary>
public sealed class CommitLogTests
{
    [Fact]
    public void A_commit_is_logged_with_generation_step_samples_and_the_hash_of_the_weights()
    {
        var log = new EventLog(LogLevel.Trace);
        Write(log);
        var (id, _, _, values) = log.Events.ShouldHaveSingleItem();
        id.ShouldBe(2001);
        values["RunId"].ShouldBe("run");
        values["Expert"].ShouldBe(7);
        values["Silo"].ShouldBe("silo-3");
        values["Generation"].ShouldBe(4L);
        values["Step"].ShouldBe(12L);
        values["Samples"].ShouldBe(30L);
        values["WeightsSha256"].ShouldBe(Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(1.5f))));
    }

    [Fact]
    public void Nothing_is_logged_at_another_level()
    {
        var log = new EventLog(LogLevel.Debug);
        Write(log);
        log.Events.ShouldBeEmpty();
    }

    private static void Write(ILogger log)
    {
        ImmutableArray<CoveredRange> coverage = [new CoveredRange(0, 2, 10), new CoveredRange(2, 2, 20)];
        CommitLog.Write(
            log, new HostedGrain("run", HostedGrainKind.Expert, 7), new CommitRequest(4, 12, coverage, SnapshotBest: false),
            "silo-3", [1.5f]);
    }
}
