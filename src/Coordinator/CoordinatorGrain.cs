using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Coordinator.Weights;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator;

/// <summary>
/// Keeps one run going and reports its progress. Start returns at once and the run continues as the grain's own task, because
/// a call would time out long before a run ends.
/// </summary>
/// <param name="silo">The silo.</param>
/// <param name="hosted">The grains on it.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="telemetry">What the silo's telemetry is like.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
[FirstSilo, GrainType("moe.coordinator")]
internal sealed partial class CoordinatorGrain(
    ILocalSiloDetails silo, HostedGrains hosted, ClusterSilos silos, TelemetryOptions telemetry, TimeProvider time, ILogger<CoordinatorGrain> log)
    : RunMemberGrain(hosted), ICoordinatorGrain, IGrainMigrationParticipant, IDisposable
{
    private const int RecordsPerReply = 1000;

    private readonly CancellationTokenSource _aborted = new();
    private readonly RetryPolicy _retry = new(time) { AttemptLimit = 10, IsTransient = CallFailure.IsUnreachable };
    private RunRequest? _request;
    private TrainingRun? _run;
    private Task _task = Task.CompletedTask;
    private RunSummary? _summary;
    private string? _error;
    private bool _isStopped;
    private KeptWeights? _kept;

    /// <inheritdoc/>
    protected override HostedGrain Self => new(RunIds.Check(this.GetPrimaryKeyString()), HostedGrainKind.Coordinator, 0);

    private bool HasEnded => _summary is not null || _error is not null;

    /// <inheritdoc/>
    public Task Start(RunRequest request)
    {
        if (_run is not null) return Task.CompletedTask;
        if (ExpertKinds.Refusal(request.Run.Specification) is { } refusal) throw new InvalidOperationException($"Silo {silo.Name} cannot take part: {refusal}");
        _run = new TrainingRun(GrainFactory, silos, request, telemetry, log, time);
        _request = request;
        StayActive();
        LogStarted(log, request.Run.RunId, silo.Name);
        _task = Run(_run);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<RunStatus> GetStatus(int firstRecord)
    {
        if (_run is not { } run)
        {
            // The caller looked for a coordinator that was lost. This activation has nothing to keep.
            DeactivateOnIdle();
            return Task.FromResult(new RunStatus(RunPhase.Unknown, 0, [], null, null));
        }

        var steps = run.Progress.Records;
        var records = steps.Skip(firstRecord).Take(RecordsPerReply).ToImmutableArray();
        var phase = _isStopped ? RunPhase.Stopped : _error is not null ? RunPhase.Failed : _summary is not null ? RunPhase.Done : run.Phase;
        return Task.FromResult(new RunStatus(phase, steps.Count, records, _summary, _error, HasEnded ? null : run.LongStep, phase == RunPhase.Failed && (_kept is not null || run.Progress.FinalWeights is not null) ? run.Progress.FinalVersion : null));
    }

    /// <inheritdoc/>
    public Task<DispatchStatus?> GetDispatch() => Task.FromResult(_run?.Dispatch);

    /// <inheritdoc/>
    public Task<RunRequest?> GetRequest() => Task.FromResult(_request);

    /// <inheritdoc/>
    public Task Stop()
    {
        _run?.RequestStop();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<WireTensor<float>?> GetWeights(bool best, int? expert, int first)
    {
        if (_kept is { } kept) return kept.IndexOf(best, expert, first) is { } piece ? await Piece(piece).Get() : null;
        // During the evaluation, or if the pieces could not be handed on.
        var final = _run?.Progress.FinalWeights ?? throw new InvalidOperationException($"Run {this.GetPrimaryKeyString()} has no final weights.");
        var weights = best ? _run.Progress.BestWeights : final;
        return weights is null ? null : new WireTensor<float>(TensorPiece.Of((expert is { } m ? weights.Experts[m] : weights.Router).Memory, first));
    }

    /// <inheritdoc/>
    public async Task<bool> HasResult()
    {
        // An activation that knows no run was made by this call.
        if (_run is not { } run) DeactivateOnIdle();
        else if (_summary is not null) return _kept is null ? run.Progress.FinalWeights is not null : !(await Task.WhenAll(Enumerable.Range(0, _kept.Count).Select(piece => Piece(piece).IsKept()))).Contains(false);
        return false;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<LoadRecord>> GetLoads() => Task.FromResult<ImmutableArray<LoadRecord>>([.. _run?.Progress.Loads ?? []]);

    /// <inheritdoc/>
    public Task<ImmutableArray<ProductsRecord>> GetProducts() => Task.FromResult<ImmutableArray<ProductsRecord>>([.. _run?.Progress.Products ?? []]);

    /// <inheritdoc/>
    public Task<RecordedRouting?> GetRouting(int record, int first) => Task.FromResult(_run?.Routing(record, first));

    /// <inheritdoc/>
    public Task Move()
    {
        for (var piece = 0; piece < _kept?.Count; piece++) Piece(piece).Move().Ignore();
        if (_run is not { } run || !silos.IsDraining(silo.Name) || silos.Open.IsEmpty) return Task.CompletedTask;
        run.RequestPause();
        if (_task.IsCompleted) MoveAway();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> HostsGrainsOn(string silo) => Task.FromResult(_run is { } run && !HasEnded && run.HostsGrainsOn(silo));

    /// <inheritdoc/>
    public async Task Release()
    {
        await _aborted.CancelAsync();
        // The step in progress ends between two blocks, and the task with it.
        if (_run is { } run) await TryRelease(run.Cancel);
        await _task;
        for (var piece = 0; piece < _kept?.Count; piece++) await TryRelease(Piece(piece).Release);
        FreedMemory.Return(_kept);
        Retire();
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_run is { } run)
        {
            StayActive();
            if (!HasEnded)
            {
                var (runId, step) = (this.GetPrimaryKeyString(), run.Progress.Step);
                LogResumed(log, runId, silo.Name, step);
                _task = Run(run);
            }
        }

        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _aborted.CancelAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_request is { } request && _run is { } run)
            dehydrationContext.TryAddValue(nameof(CoordinatorSnapshot), new CoordinatorSnapshot(request, run.Snapshot, _summary, _error, _isStopped, _kept));
    }

    /// <inheritdoc/>
    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetValue<CoordinatorSnapshot>(nameof(CoordinatorSnapshot), out var snapshot) || snapshot is null) return;
        (_request, _summary, _error, _isStopped, _kept) = (snapshot.Request, snapshot.Summary, snapshot.Error, snapshot.IsStopped, snapshot.Weights);
        _run = new TrainingRun(GrainFactory, silos, snapshot.Request, telemetry, log, time, snapshot.Run);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aborted.Dispose();
        _run?.Dispose();
    }

    private async Task Run(TrainingRun run)
    {
        // The loop goes on long after the call that started it, and is no part of its trace.
        Activity.Current = null;
        RunSummary? summary = null;
        string? error = null;
        var isStopped = false;
        try
        {
            while ((summary = await run.Run(_aborted.Token)) is null)
            {
                if (!silos.Open.IsEmpty)
                {
                    MoveAway();
                    return;
                }

                // All silos are about to leave by now: no other can resume the run.
                run.ResumeHere();
            }
        }
        catch (RunStoppedException stopped)
        {
            (error, isStopped) = (stopped.Message.ReplaceLineEndings(" "), true);
        }
#pragma warning disable CA1031 // No caller awaits the run: its failure is kept and reported.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error = _aborted.IsCancellationRequested ? "The run was released." : failure.Message.ReplaceLineEndings(" ");
            if (!_aborted.IsCancellationRequested) LogFailure(log, this.GetPrimaryKeyString(), failure);
        }

        // Weights and records are here. Calls of a step that was cancelled may have activated experts again.
        await TryRelease(run.Release);
        run.Dispose();
        await Keep(run);
        FreedMemory.Return(_kept);
        (_summary, _error, _isStopped) = (summary, error, isStopped);
        var phase = isStopped ? RunPhase.Stopped : error is null ? RunPhase.Done : RunPhase.Failed;
        var (runId, steps, seconds) = (this.GetPrimaryKeyString(), run.Progress.Step, run.Progress.Elapsed.TotalSeconds);
        LogEnded(log, runId, phase, steps, seconds);
        // If the message is lost, the queue finds out by itself.
        GrainFactory.GetGrain<IRunQueueGrain>(0).RunEnded(this.GetPrimaryKeyString()).Ignore();
        if (run.PauseRequested && !silos.Open.IsEmpty) MoveAway();
    }

    private IWeightsGrain Piece(int index) => GrainFactory.GetGrain<IWeightsGrain>(GrainKeys.Of(this.GetPrimaryKeyString(), index));

    /// <summary>Hands the weights on in pieces, which move to other silos by themselves.</summary>
    private async Task Keep(TrainingRun run)
    {
        if (run.Progress is not { FinalWeights: { } final } progress) return;
        try
        {
            foreach (var (index, piece) in KeptWeights.Cut(final, progress.BestWeights).Index())
                await _retry.Run(_ => Piece(index).Keep(piece), _aborted.Token);
            _kept = KeptWeights.Of(final, progress.BestWeights);
            run.DropWeights();
        }
#pragma warning disable CA1031 // The weights stay here then: they can be fetched, and are lost if this silo leaves.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!_aborted.IsCancellationRequested) LogNotKept(log, this.GetPrimaryKeyString(), failure);
        }
    }

    private async Task TryRelease(Func<Task> release)
    {
        try
        {
            await release();
        }
#pragma warning disable CA1031 // A silo that is dead has nothing to release.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogRelease(log, this.GetPrimaryKeyString(), failure);
        }
    }

    [LoggerMessage(EventId = 2111, Level = LogLevel.Information, Message = "Run {RunId} starts; its coordinator is on silo {Silo}")]
    private static partial void LogStarted(ILogger log, string runId, string silo);

    [LoggerMessage(EventId = 2112, Level = LogLevel.Information, Message = "Run {RunId} has ended: {State}, after {Steps} steps and {Seconds:0.0} s")]
    private static partial void LogEnded(ILogger log, string runId, RunPhase state, long steps, double seconds);

    [LoggerMessage(EventId = 2114, Level = LogLevel.Information, Message = "The coordinator of run {RunId} has moved to silo {Silo}; the run continues at step {Step}")]
    private static partial void LogResumed(ILogger log, string runId, string silo, long step);

    [LoggerMessage(EventId = 2115, Level = LogLevel.Error, Message = "Run {RunId} failed")]
    private static partial void LogFailure(ILogger log, string runId, Exception failure);

    [LoggerMessage(EventId = 2116, Level = LogLevel.Warning, Message = "Grains of run {RunId} could not be released")]
    private static partial void LogRelease(ILogger log, string runId, Exception failure);

    [LoggerMessage(EventId = 2117, Level = LogLevel.Warning, Message = "The weights of run {RunId} could not be handed on: fetch them before the silo of its coordinator stops")]
    private static partial void LogNotKept(ILogger log, string runId, Exception failure);
}
