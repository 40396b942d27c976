using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using static MoeOrleans.Hosting.Tests.Membership.FakeMembership;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>Experts and routers without a coordinator are released, also those that a late call activates.</summary>
public sealed class OrphanSearchTests
{
    private readonly FakeMembership _members = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RunQueue _queue = new([]);
    private readonly List<object?> _released = [];
    private readonly OrphanSearch _search;
    private ImmutableArray<HostedGrain> _hosted = [];
    private int _looks;

    public OrphanSearchTests()
    {
        _members.Set(Active(1));
        var grains = FakeGrains.With((call, key) => call switch
        {
            "ISiloGrain.Describe" => Described(),
            "ISiloGrain.Release" => Task.CompletedTask,
            "IExpertGrain.Release" or "IRouterGrain.Release" => Released(key),
            _ => throw new NotSupportedException(call),
        }, new LostCoordinator());
        _search = new OrphanSearch(grains, new ClusterSilos(_members), new BestEffortCalls(_time, NullLogger.Instance), _time, NullLogger.Instance);
    }

    [Fact]
    public async Task A_search_that_released_something_looks_again_until_nothing_is_left()
    {
        _hosted = [new("lost", HostedGrainKind.Expert, 0), new("lost", HostedGrainKind.Router, 1)];
        (await _search.Search(_queue)).ShouldBeTrue();
        _released.ShouldBe(["lost/0", "lost/1"], ignoreOrder: true);

        // The router, not released yet, called the expert again.
        _hosted = [new("lost", HostedGrainKind.Expert, 0)];
        await _search.Search(_queue);
        _released.Count.ShouldBe(3);

        _hosted = [];
        await _search.Search(_queue);
        await _search.Search(_queue);
        _looks.ShouldBe(3);
    }

    [Fact]
    public async Task An_expert_that_a_late_call_activates_is_found_within_half_a_minute()
    {
        await _search.Search(_queue);
        _hosted = [new("lost", HostedGrainKind.Expert, 0)];
        _time.Advance(TimeSpan.FromSeconds(29));
        await _search.Search(_queue);
        _released.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _search.Search(_queue);
        _released.ShouldBe(["lost/0"]);
    }

    [Fact]
    public async Task It_looks_again_when_a_silo_that_leaves_has_ended_and_when_one_is_back_under_its_name()
    {
        _members.Set(Active(1), With(2, SiloStatus.Stopping));
        await _search.Search(_queue);
        _members.Set(Active(1), With(2, SiloStatus.Dead));
        await _search.Search(_queue);
        _looks.ShouldBe(2);
        _members.Set(new ClusterMember(Address(9), SiloStatus.Active, "silo-1"));
        await _search.Search(_queue);
        _looks.ShouldBe(3);
    }

    private Task<SiloDescription> Described()
    {
        _looks++;
        return Task.FromResult(new SiloDescription("silo-1", "0", 1, 1, "127.0.0.1:11111", 1, 1, 0, 0, false, _hosted));
    }

    private Task Released(object? key)
    {
        _released.Add(key);
        return Task.CompletedTask;
    }
}
