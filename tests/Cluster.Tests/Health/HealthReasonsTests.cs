using MoeOrleans.Silo.Health;

namespace MoeOrleans.Cluster.Tests.Health;

/// <summary>What the health endpoints answer, for each state of a silo and of its entry in Redis.</summary>
public sealed class HealthReasonsTests
{
    [Theory]
    [InlineData(SiloStatus.Active, null, true, true)]
    [InlineData(SiloStatus.Active, EntryState.Listed, true, true)]
    [InlineData(SiloStatus.Active, EntryState.NoAnswer, true, false)]
    [InlineData(SiloStatus.Active, EntryState.Missing, false, false)]
    [InlineData(SiloStatus.Active, EntryState.Dead, false, false)]
    [InlineData(SiloStatus.Joining, EntryState.Listed, true, false)]
    [InlineData(SiloStatus.ShuttingDown, EntryState.Listed, true, false)]
    [InlineData(SiloStatus.Dead, EntryState.NoAnswer, false, false)]
    internal void Redis_that_does_not_answer_fails_readiness_alone_and_a_lost_entry_fails_liveness(SiloStatus status, EntryState? entry, bool isLive, bool isReady)
    {
        (HealthReasons.NotLive(status, entry) is null).ShouldBe(isLive);
        (HealthReasons.NotReady(status, entry, isDraining: false) is null).ShouldBe(isReady);
    }

    [Fact]
    public void A_silo_that_drains_is_alive_and_not_ready()
    {
        HealthReasons.NotLive(SiloStatus.Active, EntryState.Listed).ShouldBeNull();
        HealthReasons.NotReady(SiloStatus.Active, EntryState.Listed, isDraining: true).ShouldBe("the silo drains");
    }

    [Fact]
    public void A_silo_has_started_once_it_has_joined()
    {
        HealthReasons.NotStarted(SiloStatus.Joining).ShouldBe("the silo is Joining");
        HealthReasons.NotStarted(SiloStatus.Active).ShouldBeNull();
        HealthReasons.NotStarted(SiloStatus.ShuttingDown).ShouldBeNull();
    }
}
