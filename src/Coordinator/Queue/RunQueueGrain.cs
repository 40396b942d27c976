using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// The cluster's run queue. It starts the next run when the active one has ended. The coordinator of that run reports the end; the queue
/// also asks it regularly, in case the message was lost.
/// </summary>
/// <param name="here">The silo of this grain.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="grains">Where grains are found.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
[FirstSilo, GrainType("moe.runs")]
internal sealed partial class RunQueueGrain(ILocalSiloDetails here, ClusterSilos silos, IGrainFactory grains, TimeProvider time, ILogger<RunQueueGrain> log)
    : Grain, IRunQueueGrain, IGrainMigrationParticipant, IDisposable
{
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _draining = [];
    private readonly BestEffortCalls _calls = new(time, log);
    private readonly OrphanSearch _orphans = new(grains, silos, new BestEffortCalls(time, log), time, log);
    private readonly QueueMeter _meter = new();
    private RunQueue _queue = new([]);
    private ImmutableHashSet<SiloAddress> _informed = [];
    private string? _starting;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        LogActive(log, here.Name, _queue.Runs.Count);
        await _orphans.Search(_queue);
        this.RegisterGrainTimer(Check, new GrainTimerCreationOptions(s_checkInterval, s_checkInterval) { Interleave = true, KeepAlive = true });
        await base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<QueueEntry> Submit(RunRequest request)
    {
        if (_queue.Entry(request.Run.RunId) is { } known) return known;
        var spec = TrainingRun.Check(request);
        if (request.Name is { } name && await Claimed(name, request.SpecHash!) is { } claimed) return claimed;
        if (LargestMessage.Refusal(spec, request.Deployment.Shards, request.ProductsInterval, request.RoutingInterval > 0) is { } refusal) throw new ArgumentException(refusal, nameof(request));
        _queue.Add(new SubmittedRun(request, spec.Training.Steps, time.GetUtcNow()));
        var entry = _queue.Entry(request.Run.RunId)!;
        LogSubmitted(log, entry.RunId, spec.Training.Steps, spec.Model.Experts, request.Deployment.Shards, entry.Ahead);
        await StartNext();
        return _queue.Entry(entry.RunId)!;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<QueueEntry>> List() => Task.FromResult(_queue.Entries);

    /// <inheritdoc/>
    public async Task<QueueEntry?> Stop(string runId)
    {
        Withdraw(runId);
        if (_queue.Active?.RunId == runId) await Coordinator(runId).Stop();
        else await CancelWithdrawn();
        return _queue.Entry(runId);
    }

    /// <inheritdoc/>
    public async Task Delete(string runId)
    {
        if (_queue.Entry(runId) is null) return;
        Withdraw(runId);
        // An active run is cancelled and ends first: the next one must not start before.
        await Coordinator(runId).Release();
        _queue.Remove(runId);
        await StartNext();
    }

    /// <inheritdoc/>
    public Task RunEnded(string runId) => _queue.Active?.RunId == runId ? Check() : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<ClusterStatus> GetStatus()
    {
        var described = await Task.WhenAll(silos.Names.Select(name => _calls.TryCall(Silo(name).Describe())));
        return new ClusterStatus([.. described.OfType<SiloDescription>()], _queue.Entries);
    }

    /// <inheritdoc/>
    public async Task Drain(string silo)
    {
        if (silos.Find(silo) is null) throw new InvalidOperationException($"There is no silo {silo} in the cluster.");
        _draining.Add(silo);
        _informed = [];
        _orphans.Invalidate();
        await InformOfDraining();
        await _orphans.Search(_queue);
        var started = _queue.Runs.Where(run => run.State is not (QueueEntryState.Queued or QueueEntryState.Withdrawn));
        await Task.WhenAll(started.Select(run => _calls.TryCall(Coordinator(run.RunId).Move())));
        if (silos.IsDraining(here.Name) && !silos.Open.IsEmpty) MigrateOnIdle();
    }

    /// <inheritdoc/>
    public Task<bool> HostsGrainsOn(string silo)
    {
        if (silo == here.Name && !silos.Open.IsEmpty) return Task.FromResult(true);
        return _queue.Active is { } active ? Coordinator(active.RunId).HostsGrainsOn(silo) : Task.FromResult(false);
    }

    /// <inheritdoc/>
    public void OnDehydrate(IDehydrationContext dehydrationContext) =>
        dehydrationContext.TryAddValue(nameof(RunQueueSnapshot), new RunQueueSnapshot([.. _queue.Runs], [.. _draining]));

    /// <inheritdoc/>
    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetValue<RunQueueSnapshot>(nameof(RunQueueSnapshot), out var snapshot) || snapshot is null) return;
        _queue = new RunQueue(snapshot.Runs);
        _draining.UnionWith(snapshot.Draining);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Checks on the active run and on silos that have joined or were lost, and starts the next run if none is active.</summary>
    private async Task Check()
    {
        await InformOfDraining();
        await UpdateActive();
        await _orphans.Search(_queue);
        await StartNext();
    }

    private async Task UpdateActive()
    {
        if (_queue.Active is { } active && active.RunId != _starting && await _calls.TryCall(Coordinator(active.RunId).GetStatus(int.MaxValue)) is { } status)
        {
            _queue.Update(active.RunId, run => run.With(status));
            // The coordinator was lost: the run's experts and routers may be on any silo.
            if (status.Phase == RunPhase.Unknown)
            {
                LogLost(log, active.RunId, active.StepsDone);
                _orphans.Invalidate();
            }
        }
    }

    /// <summary>The run that a submission gets instead of a new run; null if there is none.</summary>
    /// <exception cref="TimeoutException">A silo does not answer, and may have such a run. The client asks again.</exception>
    private async Task<QueueEntry?> Claimed(string name, string specHash)
    {
        await UpdateActive();
        if (!await _orphans.Search(_queue)) throw new TimeoutException($"A silo does not answer: whether it has a run {name} is not known.");
        if (_queue.Named(name) is { State: QueueEntryState.Done } done && !await Coordinator(done.RunId).HasResult())
        {
            LogLost(log, done.RunId, done.StepsDone);
            _queue.ResultLost(done.RunId);
            // What is left of it would be found by the next queue, as a run of this name.
            await _calls.TryCall(Coordinator(done.RunId).Release());
        }

        return _queue.Claimed(name, specHash);
    }

    private void Withdraw(string runId)
    {
        if (_queue.Withdraw(runId)) LogWithdrawn(log, runId);
    }

    private async Task StartNext()
    {
        // Two runs at once would share the silos.
        if (!await CancelWithdrawn()) return;
        while (_queue.ActivateNext() is { } next)
        {
            // Until the call has ended, its coordinator reports the run as unknown.
            _starting = next.RunId;
            try
            {
                await Coordinator(next.RunId).Start(next.Request);
                _queue.Started(next.RunId);
            }
#pragma warning disable CA1031 // A run that cannot be started must not hold up the queue.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogNotStarted(log, next.RunId, failure);
                if (CallFailure.IsUnreachable(failure))
                {
                    // A silo joins or leaves: the next check starts the run. Starting it twice is starting it once.
                    _queue.StartUnanswered(next.RunId);
                    _starting = null;
                    return;
                }

                _queue.Update(next.RunId, run => run with { State = QueueEntryState.Failed, Error = failure.Message.ReplaceLineEndings(" ") });
            }

            _starting = null;
        }

        _meter.Set(_queue.Runs.Count(run => run.State == QueueEntryState.Queued), _queue.Active is null ? 0 : 1);
        foreach (var pruned in _queue.Prune()) Coordinator(pruned.RunId).Release().Ignore();
    }

    /// <summary>Cancels runs that were withdrawn and may run all the same. False if one of them does not answer: the next check tries again.</summary>
    private async Task<bool> CancelWithdrawn()
    {
        foreach (var run in _queue.ToCancel)
        {
            if (!await _calls.TryCall(Coordinator(run.RunId).Release())) return false;
            _queue.Cancelled(run.RunId);
        }

        return true;
    }

    // A silo that has joined does not know yet which others are draining.
    private async Task InformOfDraining()
    {
        var (names, notEnded) = (silos.Names, silos.NotEnded);
        _draining.IntersectWith(names);
        if (_draining.Count == 0 || _informed.SetEquals(notEnded)) return;
        var informed = await Task.WhenAll(names.SelectMany(name => _draining.Select(silo => _calls.TryCall(Silo(name).Drain(silo)))));
        // If a call failed, the next check repeats them.
        _informed = informed.Contains(false) ? [] : notEnded;
    }

    private ICoordinatorGrain Coordinator(string runId) => grains.GetGrain<ICoordinatorGrain>(runId);

    private ISiloGrain Silo(string name) => grains.GetGrain<ISiloGrain>(name);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "The run queue is on silo {Silo}, with {Runs} runs")]
    private static partial void LogActive(ILogger log, string silo, int runs);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "Run {RunId} was submitted: {Steps} steps, {Experts} experts, {Shards} shards; {Ahead} runs start before it")]
    private static partial void LogSubmitted(ILogger log, string runId, int steps, int experts, int shards, int ahead);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Information, Message = "Run {RunId} was withdrawn from the queue before it started")]
    private static partial void LogWithdrawn(ILogger log, string runId);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Error, Message = "Run {RunId} could not be started")]
    private static partial void LogNotStarted(ILogger log, string runId, Exception failure);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Error, Message = "Run {RunId} was lost with the silo of its coordinator, after at least {Steps} steps")]
    private static partial void LogLost(ILogger log, string runId, int steps);
}
