using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Runs.Status;
using static MoeOrleans.Hosting.Tests.Membership.FakeMembership;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>After the loss of a silo, a silo with experts calls the queue until it answers.</summary>
public sealed class QueueCheckTests : IAsyncDisposable
{
    private static readonly HostedGrain s_expert = new("run", HostedGrainKind.Expert, 0);

    private readonly FakeMembership _members = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HostedGrains _hosted = new();
    private readonly EventLog _log = new(LogLevel.Warning);
    private readonly QueueCheck _check;
    private Func<Task<ImmutableArray<QueueEntry>>> _answer = static () => Task.FromResult<ImmutableArray<QueueEntry>>([]);
    private int _calls;

    public QueueCheckTests()
    {
        _hosted.Add(s_expert);
        _members.Set(Active(1), Active(2));
        _check = new QueueCheck(_members, _hosted, FakeGrains.With((_, _) => List()), _time, new Logger<QueueCheck>(new LoggerFactory([_log.Provider])));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _check.StopAsync(CancellationToken.None);
        _check.Dispose();
    }

    [Theory]
    [InlineData(SiloStatus.Stopping)]
    [InlineData(SiloStatus.ShuttingDown)]
    public async Task The_end_of_a_silo_counts_and_not_that_it_leaves(SiloStatus leaving)
    {
        await _check.StartAsync(Cancelled);
        // Its queue may still answer.
        _members.Set(Active(1), With(2, leaving));
        _members.Set(Active(1), With(2, SiloStatus.Dead));
        await Until(() => _calls == 1);
        _members.Set(Active(1), With(2, SiloStatus.Dead), Active(3));
        _members.Set(Active(1), With(3, SiloStatus.Dead));
        await Until(() => _calls == 2);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_asked_for_again_for_as_long_as_there_are_grains()
    {
        _answer = static () => new TaskCompletionSource<ImmutableArray<QueueEntry>>().Task;
        await _check.StartAsync(Cancelled);
        _members.Set(Active(1));
        await Until(() => _calls > 20, passing: TimeSpan.FromSeconds(1));
        _log.Events.ShouldAllBe(entry => entry.Id == 2315);
        _log.Events.Count.ShouldBeGreaterThan(2);

        _hosted.Remove(s_expert);
        _members.Set(Active(1), Active(2));
        await Until(() => _members.Unread == 0, passing: TimeSpan.FromSeconds(1));
        var calls = _calls;
        _members.Set(Active(1));
        _members.Set(Active(1), Active(2));
        await Until(() => _members.Unread == 0);
        _calls.ShouldBe(calls);
    }

    private async Task Until(Func<bool> condition, TimeSpan passing = default)
    {
        while (!condition())
        {
            await Task.Delay(1, Cancelled);
            _time.Advance(passing);
        }
    }

    private Task<ImmutableArray<QueueEntry>> List()
    {
        Interlocked.Increment(ref _calls);
        return _answer();
    }
}
