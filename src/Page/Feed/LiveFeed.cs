using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Page.Feed;

/// <summary>
/// What browsers receive of one run, or of whichever run is active. It asks the cluster only while a browser is connected, once for all of
/// them.
/// </summary>
/// <param name="runId">The run; null for the one that is active, or else was last.</param>
/// <param name="source">The cluster.</param>
/// <param name="log">The log.</param>
internal sealed partial class LiveFeed(string? runId, PageSource source, ILogger log)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly Notices _notices = new(source.Time);
    private readonly SiloUtilisation _utilisation = new(source.Time);
    private ClusterStatus? _cluster;
    private RunWatcher? _run;
    private FeedState _state = FeedState.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What there is to send now, and a task that ends when that changes.</summary>
    public (FeedState State, Task Changed) Now => (_state, Volatile.Read(ref _changed).Task);

    /// <summary>Asks the cluster again and again.</summary>
    /// <param name="ended">Cancelled when no browser is connected any more.</param>
    public async Task Run(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(s_interval, source.Time);
        var hasFailed = false;
        do
        {
            try
            {
                await Update();
                hasFailed = false;
            }
#pragma warning disable CA1031 // The cluster changes, or does not answer: what was seen last stays on the screen.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (!hasFailed) LogNotAsked(log, failure);
                hasFailed = true;
            }

            Publish();
        }
        while (await timer.WaitForNextTickAsync(ended).AsTask().ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default));
    }

    private async Task Update()
    {
        var cluster = await source.Ask(source.Grains.GetGrain<IRunQueueGrain>(0).GetStatus());
        if (_cluster is { } before) _notices.Compare(before.Silos, cluster.Silos);
        _cluster = cluster;
        _utilisation.Update(cluster.Silos);
        if (Chosen(cluster.Runs) is not { } entry) return;
        if (_run?.RunId != entry.RunId) _run = new RunWatcher(entry.RunId, source, _notices);
        await _run.Update(entry);
    }

    /// <summary>The run that is asked for; else the active one, the last one that was, or the first that waits.</summary>
    private QueueEntry? Chosen(ImmutableArray<QueueEntry> runs) => runId is not null
        ? runs.FirstOrDefault(run => run.RunId == runId)
        : runs.FirstOrDefault(run => run.State == QueueEntryState.Active) ?? runs.LastOrDefault(run => run.State != QueueEntryState.Queued) ?? runs.FirstOrDefault();

    private void Publish()
    {
        if (_cluster is not { } cluster) return;
        var next = new FeedState(
            [
                Part("cluster", new ClusterMessage(source.Server, PageSource.Version, source.IsCommand, [.. cluster.Silos.Select(Of)], [.. cluster.Runs.Select(Of)])),
                Part("run", _run?.Run ?? new RunMessage(Id: null)),
                Part("topology", _run?.Topology),
                Part("live", _run?.Live),
                Part("traces", _run?.Traces),
                Part("notices", _notices.Message),
            ],
            _run?.Curve.Now);
        if (next.IsSame(_state)) return;
        _state = next;
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private FeedPart Part<T>(string name, T? message)
        where T : class
    {
        // The same part as before where nothing has changed: streams compare parts by reference. Calls of many experts are long as JSON.
        var before = _state.Parts.FirstOrDefault(part => part.Name == name);
        if (before is not null && ReferenceEquals(before.Message, message)) return before;
        var json = message is null ? null : JsonSerializer.Serialize(message, JsonSerializerOptions.Web);
        return before?.Json == json && before is not null ? before : new FeedPart(name, message, json);
    }

    private SiloMessage Of(SiloDescription silo) =>
        new(silo.Name, silo.Endpoint, silo.ProcessId, silo.Threads, _utilisation.Of(silo.Name), silo.MemoryBytes, silo.IsDraining);

    private static RunEntryMessage Of(QueueEntry run) => new(
        run.RunId, RunStates.Name(run.State), run.Ahead, run.Steps, run.StepsDone, run.Submitted, run.Error, run.State == QueueEntryState.Done);

    [LoggerMessage(EventId = 2401, Level = LogLevel.Warning, Message = "The page could not ask the cluster; it shows what it last saw")]
    private static partial void LogNotAsked(ILogger log, Exception failure);
}
