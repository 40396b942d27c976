using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Membership;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>What a starting silo waits for, with one limit for everything together.</summary>
public sealed class StartWaitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_once_what_it_waits_for_and_gives_what_comes_in_the_end()
    {
        var attempts = 0;
        var wait = Wait(60);
        (await Pass(wait.For(() => ++attempts < 3 ? throw new ClusterUnavailableException("no Redis") : Task.FromResult(attempts), Cancelled))).ShouldBe(3);
        _told.ShouldBe(["no Redis"]);
        (await wait.For(() => Task.FromResult("at once"), Cancelled)).ShouldBe("at once");
    }

    [Fact]
    public async Task The_limit_is_one_for_everything_and_what_no_wait_mends_ends_it()
    {
        var wait = Wait(10);
        var first = wait.For(() => _time.GetUtcNow() < Begin.AddSeconds(8) ? throw new ClusterUnavailableException("no Redis") : Task.FromResult(true), Cancelled);
        await Pass(first);
        (await Should.ThrowAsync<TimeoutException>(Pass(wait.For<bool>(() => throw new ClusterUnavailableException("no name"), Cancelled)))).Message.ShouldBe("waited 10 s: no name");
        (_time.GetUtcNow() - Begin).ShouldBeLessThan(TimeSpan.FromSeconds(13));
        (await Should.ThrowAsync<ConfigurationException>(Wait(10).For<bool>(() => throw new ConfigurationException("wrong password"), Cancelled))).Message.ShouldBe("wrong password");
    }

    [Fact]
    public async Task Without_a_wait_the_first_failure_is_thrown_as_it_is_and_a_signal_ends_a_wait()
    {
        (await Should.ThrowAsync<ClusterUnavailableException>(Wait(0).For<bool>(() => throw new ClusterUnavailableException("no Redis"), Cancelled))).Message.ShouldBe("no Redis");
        _told.ShouldBeEmpty();
        using var signal = new CancellationTokenSource();
        var waiting = new StartWait(TimeSpan.FromMinutes(1), _time, _told.Add, signal.Token).For<bool>(() => throw new ClusterUnavailableException("no Redis"), Cancelled);
        await signal.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    private static DateTimeOffset Begin { get; } = new FakeTimeProvider().GetUtcNow();

    private StartWait Wait(int seconds) => new(TimeSpan.FromSeconds(seconds), _time, _told.Add, CancellationToken.None);

    /// <summary>Lets time pass until the wait has ended.</summary>
    private async Task<T> Pass<T>(Task<T> wait)
    {
        while (!wait.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancelled);
        }

        return await wait;
    }
}
