using System.Collections.Concurrent;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests;

/// <summary>A silo in this process with two compute threads, which counts the grain calls it receives.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private readonly CallCounter _calls = new();
    private EmbeddedSilo? _silo;

    /// <summary>Calls by interface and method.</summary>
    public ConcurrentDictionary<string, int> Calls => _calls.Counts;

    /// <summary>What each expert was read last, by its key: experts are released when their run ends.</summary>
    internal ConcurrentDictionary<string, ExpertSnapshot> Snapshots => _calls.Snapshots;

    /// <summary>Where it says so for an interface, method and its argument, the call fails before it reaches its grain.</summary>
    public Func<string, object?, bool> Fail
    {
        set => _calls.Fail = value;
    }

    public IGrainFactory Grains => _silo!.Grains;

    public async ValueTask InitializeAsync()
    {
        _silo = await EmbeddedSilo.Start(threads: 2, verbose: true, silo => silo.AddIncomingGrainCallFilter(_calls));
        // A queue that begins later would release the experts that a test has without a coordinator: it takes them for lost.
        await Grains.GetGrain<IRunQueueGrain>(0).List();
    }

    public ValueTask DisposeAsync() => _silo!.DisposeAsync();

    /// <summary>Runs a specification to its end.</summary>
    internal async Task<(RunSummary Summary, RunStatus Status, string RunId)> Train(RunSpec spec, int shards, int productsInterval = 0, double tracedShare = 0)
    {
        var runId = $"test-{Guid.NewGuid():N}";
        var coordinator = Grains.GetGrain<ICoordinatorGrain>(runId);
        await coordinator.Start(new RunRequest(new RunContext(runId, RunSpecJson.Write(spec)), new Deployment(1, shards, 2, DispatchMode.Reference), productsInterval, tracedShare));
        var patience = TimeSpan.FromSeconds(60);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var status = await coordinator.GetStatus(0);
            if (status.Error is { } error) throw new InvalidOperationException(error);
            if (status.Summary is { } summary) return (summary, status, runId);
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(patience);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private sealed class CallCounter : IIncomingGrainCallFilter
    {
        public ConcurrentDictionary<string, int> Counts { get; } = new();

        internal ConcurrentDictionary<string, ExpertSnapshot> Snapshots { get; } = new();

        public Func<string, object?, bool> Fail { get; set; } = (_, _) => false;

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            var call = $"{context.InterfaceMethod.DeclaringType!.Name}.{context.MethodName}";
            Counts.AddOrUpdate(call, 1, (_, count) => count + 1);
            if (Fail(call, context.Request.GetArgumentCount() > 0 ? context.Request.GetArgument(0) : null)) throw new IOException("a failed call");
            await context.Invoke();
            if (context.Result is ExpertSnapshot snapshot) Snapshots[context.TargetId.Key.ToString()!] = snapshot;
        }
    }
}
