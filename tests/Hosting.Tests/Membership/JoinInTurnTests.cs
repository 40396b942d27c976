using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Hosting.Tests.Silos;

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
    public async Task Nobody_begins_to_join_while_another_one_does()
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
        // Sooner than the other's patience with it ends.
        await next.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _happened.ShouldBe(["1 joins", "1 is active"]);
    }

    [Fact]
    public async Task Where_there_is_no_folder_nobody_waits()
    {
        await Start(1, Path.Combine(_folder.FullName, "nowhere"));
        _happened.ShouldBe(["1 joins", "1 is active"]);
        _folder.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    private Task Start(int silo, string folder)
    {
        var lifecycle = new Lifecycle(folder);
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
        public Lifecycle(string folder)
            : base(NullLogger.Instance) => new JoinInTurn(folder).Participate(this);

        public int HighestCompletedStage => throw new NotSupportedException();

        public int LowestStoppedStage => throw new NotSupportedException();
    }
}
