using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting.Membership;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>Silos that share a folder become members of their cluster one after the other.</summary>
public sealed class JoinInTurnTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-test-");
    private readonly ConcurrentQueue<string> _happened = new();

    public void Dispose()
    {
        _folder.Refresh();
        if (_folder.Exists) _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task No_silo_begins_to_join_while_another_one_joins()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(silo => Start(silo, _folder.FullName)));
        _happened.Count.ShouldBe(10);
        foreach (var turn in _happened.Chunk(2)) turn[1].ShouldBe(turn[0].Replace("joins", "is active", StringComparison.Ordinal));
        new SharedData(_folder.FullName).Clear();
        Directory.Exists(_folder.FullName).ShouldBeFalse();
    }

    [Fact]
    public async Task A_silo_that_fails_to_join_gives_its_turn_back_when_it_stops()
    {
        var failed = new Lifecycle(_folder.FullName);
        failed.Subscribe("fails", ServiceLifecycleStage.BecomeActive, _ => throw new InvalidOperationException("no"));
        await Should.ThrowAsync<InvalidOperationException>(failed.OnStart(TestContext.Current.CancellationToken));
        var next = Start(1, _folder.FullName);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        _happened.ShouldBeEmpty();
        await failed.OnStop(TestContext.Current.CancellationToken);
        // Sooner than the timeout of the wait for a turn.
        await next.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _happened.ShouldBe(["1 joins", "1 is active"]);
    }

    [Fact]
    public async Task Without_a_folder_no_silo_waits()
    {
        await Start(1, Path.Combine(_folder.FullName, "nowhere"));
        _happened.ShouldBe(["1 joins", "1 is active"]);
        _folder.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_silo_waits_ten_seconds_for_its_turn_and_joins_without_one()
    {
        var stuck = new Lifecycle(_folder.FullName);
        stuck.Subscribe("fails", ServiceLifecycleStage.BecomeActive, _ => throw new InvalidOperationException("no"));
        await Should.ThrowAsync<InvalidOperationException>(stuck.OnStart(TestContext.Current.CancellationToken));
        var time = new FakeTimeProvider();
        var next = Start(1, _folder.FullName, time);
        await Advance(time, 9.9);
        _happened.ShouldBeEmpty();
        await Advance(time, 0.2);
        await next;
        _happened.ShouldBe(["1 joins", "1 is active"]);
        await stuck.OnStop(TestContext.Current.CancellationToken);
    }

    private static async Task Advance(FakeTimeProvider time, double seconds)
    {
        for (var milliseconds = 0.0; milliseconds < 1000 * seconds; milliseconds += 50)
        {
            // What the last step of the clock has set off runs first.
            await Task.Delay(1, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private Task Start(int silo, string folder, TimeProvider? time = null)
    {
        var lifecycle = new Lifecycle(folder, time);
        lifecycle.Subscribe("joins", ServiceLifecycleStage.RuntimeGrainServices, async cancelled =>
        {
            _happened.Enqueue($"{silo} joins");
            await Task.Delay(20, cancelled);
        });
        lifecycle.Subscribe("is active", ServiceLifecycleStage.BecomeActive, _ =>
        {
            _happened.Enqueue($"{silo} is active");
            return Task.CompletedTask;
        });
        return lifecycle.OnStart(TestContext.Current.CancellationToken);
    }

    /// <summary>The stages of a silo's start.</summary>
    private sealed class Lifecycle : LifecycleSubject, ISiloLifecycle
    {
        public Lifecycle(string folder, TimeProvider? time = null)
            : base(NullLogger.Instance) => new JoinInTurn(folder, time ?? TimeProvider.System).Participate(this);

        public int HighestCompletedStage => throw new NotSupportedException();

        public int LowestStoppedStage => throw new NotSupportedException();
    }
}
