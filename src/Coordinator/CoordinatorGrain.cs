using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator;

/// <summary>
/// Keeps one run going and tells how far it is. Start returns at once and the loop goes on as the grain's own task, because
/// a call would time out long before a run ends.
/// </summary>
/// <param name="silo">The silo.</param>
/// <param name="hosted">The grains on it.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="log">The log.</param>
[FirstSilo, GrainType("moe.coordinator")]
public sealed partial class CoordinatorGrain(ILocalSiloDetails silo, HostedGrains hosted, ClusterSilos silos, ILogger<CoordinatorGrain> log)
    : Grain, ICoordinatorGrain, IGrainMigrationParticipant, IDisposable
{
    private const int RecordsAtOnce = 1000;

    private readonly CancellationTokenSource _aborted = new();
    private RunRequest? _request;
    private TrainingRun? _run;
    private Task _loop = Task.CompletedTask;
    private RunSummary? _summary;
    private string? _error;

    /// <inheritdoc/>
    public Task Start(RunRequest request)
    {
        if (_run is not null) return Task.CompletedTask;
        (_request, _run) = (request, new TrainingRun(GrainFactory, silos, request, log));
        // The run does not depend on calls from outside.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _loop = Run(_run);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<RunStatus> GetStatus(int firstRecord)
    {
        if (_run is not { } run)
        {
            // Nothing keeps it here: whoever asked was looking for one that is gone.
            DeactivateOnIdle();
            return Task.FromResult(new RunStatus(RunPhase.Unknown, 0, [], null, null));
        }

        var records = run.Records.Skip(firstRecord).Take(RecordsAtOnce).ToImmutableArray();
        var phase = _error is not null ? RunPhase.Failed : _summary is not null ? RunPhase.Done : run.Phase;
        return Task.FromResult(new RunStatus(phase, run.Records.Count, records, _summary, _error));
    }

    /// <inheritdoc/>
    public Task<RunRequest?> GetRequest() => Task.FromResult(_request);

    /// <inheritdoc/>
    public Task Stop()
    {
        _run?.RequestStop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WeightsReply> GetWeights() =>
        Task.FromResult(_run?.Weights ?? throw new InvalidOperationException($"Run {this.GetPrimaryKeyString()} has no final weights."));

    /// <inheritdoc/>
    public Task<WeightsReply?> GetBestWeights() => Task.FromResult(_run?.BestWeights);

    /// <inheritdoc/>
    public Task<ImmutableArray<ProductsRecord>> GetProducts() => Task.FromResult<ImmutableArray<ProductsRecord>>([.. _run?.Products ?? []]);

    /// <inheritdoc/>
    public Task Move()
    {
        if (_run is not { } run || !silos.IsDraining(silo.Name) || silos.Open.IsEmpty) return Task.CompletedTask;
        run.RequestPause();
        if (_loop.IsCompleted) MigrateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> HostsGrainsOn(string silo) => Task.FromResult(_run is { } run && _summary is null && _error is null && run.HostsGrainsOn(silo));

    /// <inheritdoc/>
    public async Task Release()
    {
        await _aborted.CancelAsync();
        // The step in progress ends between two blocks, and the loop with it.
        if (_run is { } run) await Quietly(run.Cancel);
        await _loop;
        DelayDeactivation(TimeSpan.Zero);
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        hosted.Add(Self);
        if (_run is { } run)
        {
            DelayDeactivation(Timeout.InfiniteTimeSpan);
            if (_summary is null && _error is null) _loop = Run(run);
        }

        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        hosted.Remove(Self);
        await _aborted.CancelAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_request is { } request && _run is { } run)
            dehydrationContext.TryAddValue(nameof(CoordinatorSnapshot), new CoordinatorSnapshot(request, run.State, _summary, _error));
    }

    /// <inheritdoc/>
    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetValue<CoordinatorSnapshot>(nameof(CoordinatorSnapshot), out var state) || state is null) return;
        (_request, _summary, _error) = (state.Request, state.Summary, state.Error);
        _run = new TrainingRun(GrainFactory, silos, state.Request, log, state.Run);
    }

    /// <inheritdoc/>
    public void Dispose() => _aborted.Dispose();

    private HostedGrain Self => new(this.GetPrimaryKeyString(), HostedGrainKind.Coordinator, 0);

    private async Task Run(TrainingRun run)
    {
        RunSummary? summary = null;
        string? error = null;
        try
        {
            while ((summary = await run.Run(_aborted.Token)) is null)
            {
                if (!silos.Open.IsEmpty)
                {
                    MigrateOnIdle();
                    return;
                }

                // All are about to leave by now. To move nowhere would be to end.
                run.GoOnHere();
            }
        }
#pragma warning disable CA1031 // Nobody else awaits the run: its failure is kept for whoever asks.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error = _aborted.IsCancellationRequested ? "The run was released." : failure.Message.ReplaceLineEndings(" ");
            if (!_aborted.IsCancellationRequested) LogFailure(log, this.GetPrimaryKeyString(), failure);
        }

        // Weights and records are here: its experts and routers have nothing more to do. A step that was cut off would bring them back.
        await Quietly(run.Release);
        (_summary, _error) = (summary, error);
        // Where it is lost, the queue looks itself.
        GrainFactory.GetGrain<IRunQueueGrain>(0).RunEnded(this.GetPrimaryKeyString()).Ignore();
        if (run.PauseRequested && !silos.Open.IsEmpty) MigrateOnIdle();
    }

    private async Task Quietly(Func<Task> release)
    {
        try
        {
            await release();
        }
#pragma warning disable CA1031 // A silo that is gone has nothing to release.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRelease(log, this.GetPrimaryKeyString(), failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} has left grains behind")]
    private static partial void LogRelease(ILogger log, string runId, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} failed")]
    private static partial void LogFailure(ILogger log, string runId, Exception failure);
}
