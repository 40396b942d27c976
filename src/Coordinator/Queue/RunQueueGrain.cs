using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.Queue;

/// <summary>
/// The cluster's runs: it starts the next one when the one before has ended, which that one's coordinator tells it, and which it looks
/// after itself in case the message was lost.
/// </summary>
/// <param name="here">The silo it lives on.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="grains">Where grains are found.</param>
/// <param name="log">The log.</param>
[FirstSilo, GrainType("moe.runs")]
public sealed partial class RunQueueGrain(ILocalSiloDetails here, ClusterSilos silos, IGrainFactory grains, ILogger<RunQueueGrain> log)
    : Grain, IRunQueueGrain, IGrainMigrationParticipant
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _draining = [];
    private readonly BestEffortCalls _quietly = new(log);
    private readonly OrphanSearch _search = new(grains, silos, log);
    private RunQueue _queue = new([]);
    private ImmutableArray<string> _told = [];
    private string? _starting;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await _search.Search(_queue);
        this.RegisterGrainTimer(Look, new GrainTimerCreationOptions(s_lookInterval, s_lookInterval) { Interleave = true, KeepAlive = true });
        await base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<QueueEntry> Submit(RunRequest request)
    {
        if (_queue.Info(request.Run.RunId) is { } known) return known;
        var spec = TrainingRun.Check(request);
        if (LargestMessage.Refusal(spec) is { } refusal) throw new ArgumentException(refusal, nameof(request));
        _queue.Add(new SubmittedRun(request, spec.Training.Steps, TimeProvider.System.GetUtcNow()));
        await Advance();
        return _queue.Info(request.Run.RunId)!;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<QueueEntry>> List() => Task.FromResult(_queue.Infos);

    /// <inheritdoc/>
    public async Task<QueueEntry?> Stop(string runId)
    {
        _queue.Withdraw(runId);
        if (_queue.Active?.RunId == runId) await Coordinator(runId).Stop();
        return _queue.Info(runId);
    }

    /// <inheritdoc/>
    public async Task Delete(string runId)
    {
        if (_queue.Info(runId) is null) return;
        _queue.Withdraw(runId);
        // The next run begins when this one has ended.
        await Coordinator(runId).Release();
        _queue.Remove(runId);
        await Advance();
    }

    /// <inheritdoc/>
    public Task RunEnded(string runId) => _queue.Active?.RunId == runId ? Look() : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<ClusterStatus> GetStatus()
    {
        var described = await Task.WhenAll(silos.Names.Select(name => _quietly.Ask(Silo(name).Describe())));
        return new ClusterStatus([.. described.OfType<SiloDescription>()], _queue.Infos);
    }

    /// <inheritdoc/>
    public async Task Drain(string silo)
    {
        if (silos.Find(silo) is null) throw new InvalidOperationException($"There is no silo {silo} in the cluster.");
        _draining.Add(silo);
        _told = [];
        _search.Again();
        await TellOfDraining();
        await _search.Search(_queue);
        await Task.WhenAll(_queue.Runs.Where(run => run.State is not (QueueEntryState.Queued or QueueEntryState.Withdrawn)).Select(run => _quietly.Do(Coordinator(run.RunId).Move())));
        if (silos.IsDraining(here.Name) && !silos.Open.IsEmpty) MigrateOnIdle();
    }

    /// <inheritdoc/>
    public Task<bool> HostsGrainsOn(string silo) =>
        silo == here.Name && !silos.Open.IsEmpty ? Task.FromResult(true)
        : _queue.Active is { } active ? Coordinator(active.RunId).HostsGrainsOn(silo)
        : Task.FromResult(false);

    /// <inheritdoc/>
    public void OnDehydrate(IDehydrationContext dehydrationContext) =>
        dehydrationContext.TryAddValue(nameof(RunQueueSnapshot), new RunQueueSnapshot([.. _queue.Runs], [.. _draining]));

    /// <inheritdoc/>
    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetValue<RunQueueSnapshot>(nameof(RunQueueSnapshot), out var state) || state is null) return;
        _queue = new RunQueue(state.Runs);
        _draining.UnionWith(state.Draining);
    }

    /// <summary>Looks after the active run, and after silos that have joined.</summary>
    private async Task Look()
    {
        await TellOfDraining();
        if (_queue.Active is { } active && active.RunId != _starting && await _quietly.Ask(Coordinator(active.RunId).GetStatus(int.MaxValue)) is { } status)
        {
            _queue.Update(active.RunId, run => run.With(status));
            // Lost with its coordinator: its experts and routers may be anywhere.
            if (status.Phase == RunPhase.Unknown) _search.Again();
        }

        await _search.Search(_queue);
        await Advance();
    }

    private async Task Advance()
    {
        while (_queue.Next() is { } next)
        {
            // Until it was started, its coordinator knows nothing of it.
            _starting = next.RunId;
            try
            {
                await Coordinator(next.RunId).Start(next.Request);
            }
#pragma warning disable CA1031 // A run that cannot be started must not hold up the queue.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogNotStarted(log, next.RunId, failure);
                if (CallFailure.IsUnreachable(failure))
                {
                    // Silos come and go: it is tried again at the next look.
                    _queue.Update(next.RunId, run => run with { State = QueueEntryState.Queued });
                    _starting = null;
                    return;
                }

                _queue.Update(next.RunId, run => run with { State = QueueEntryState.Failed, Error = failure.Message.ReplaceLineEndings(" ") });
            }

            _starting = null;
        }

        foreach (var pruned in _queue.Prune()) Coordinator(pruned.RunId).Release().Ignore();
    }

    // A silo that joined does not know yet which others are about to leave.
    private async Task TellOfDraining()
    {
        var names = silos.Names;
        _draining.IntersectWith(names);
        if (_draining.Count == 0 || _told.SequenceEqual(names)) return;
        var told = await Task.WhenAll(names.SelectMany(name => _draining.Select(silo => _quietly.Do(Silo(name).Drain(silo)))));
        // Whoever did not hear it is told again.
        _told = told.Contains(false) ? [] : names;
    }

    private ICoordinatorGrain Coordinator(string runId) => grains.GetGrain<ICoordinatorGrain>(runId);

    private ISiloGrain Silo(string name) => grains.GetGrain<ISiloGrain>(name);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} could not be started")]
    private static partial void LogNotStarted(ILogger log, string runId, Exception failure);
}
