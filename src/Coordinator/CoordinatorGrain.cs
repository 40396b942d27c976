using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Coordinator.Run;

namespace MoeOrleans.Coordinator;

/// <summary>
/// Keeps one run going and tells how far it is. Start returns at once and the loop goes on as the grain's own task, because
/// a call would time out long before a run ends.
/// </summary>
/// <param name="log">The log.</param>
public sealed partial class CoordinatorGrain(ILogger<CoordinatorGrain> log) : Grain, ICoordinatorGrain
{
    private const int RecordsAtOnce = 1000;

    private TrainingRun? _run;
    private RunSummary? _summary;
    private string? _error;

    /// <inheritdoc/>
    public Task Start(RunRequest request)
    {
        if (_run is not null) return Task.CompletedTask;
        _run = new TrainingRun(GrainFactory, request);
        // The run does not depend on calls from outside.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _ = Run(_run);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<RunStatus> GetStatus(int firstRecord)
    {
        if (_run is not { } run) return Task.FromResult(new RunStatus(RunPhase.Unknown, 0, [], null, null));
        var records = run.Records.Skip(firstRecord).Take(RecordsAtOnce).ToImmutableArray();
        var phase = _error is not null ? RunPhase.Failed : run.Phase == RunPhase.Done && _summary is null ? RunPhase.Evaluating : run.Phase;
        return Task.FromResult(new RunStatus(phase, run.Records.Count, records, _summary, _error));
    }

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
    public async Task Release()
    {
        if (_run is { } run) await run.Release();
        DelayDeactivation(TimeSpan.Zero);
        DeactivateOnIdle();
    }

    private async Task Run(TrainingRun run)
    {
        try
        {
            _summary = await run.Run();
        }
#pragma warning disable CA1031 // Nobody awaits the run: its failure is kept for whoever asks.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _error = failure.Message.ReplaceLineEndings(" ");
            LogFailure(log, this.GetPrimaryKeyString(), failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} failed")]
    private static partial void LogFailure(ILogger log, string runId, Exception failure);
}
