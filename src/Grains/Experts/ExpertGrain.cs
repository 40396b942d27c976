using Microsoft.Extensions.Logging;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Telemetry;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// One expert: it owns its weights and optimiser state, computes partial gradients on the silo's compute lane, and updates
/// itself when the coordinator commits. <see cref="TrainingExpert"/> is what it does, the grain is its lifecycle.
/// </summary>
[AssignedSilo, GrainType(GrainKeys.ExpertType)]
internal sealed class ExpertGrain : RunMemberGrain, IExpertGrain
{
    private readonly RunStore _runs;
    private readonly TrainingExpert _expert;
    private readonly ILogger _log;

    /// <param name="runs">The runs of this silo.</param>
    /// <param name="lane">The compute lane.</param>
    /// <param name="silo">The silo.</param>
    /// <param name="hosted">The grains on it.</param>
    /// <param name="arrays">Where the expert's arrays come from.</param>
    /// <param name="log">The log.</param>
    public ExpertGrain(RunStore runs, ComputeLane lane, ILocalSiloDetails silo, HostedGrains hosted, ArraySource arrays, ILogger<ExpertGrain> log)
        : base(hosted) => (_runs, _expert, _log) = (runs, new TrainingExpert(Self.Index, silo.Name, lane, arrays), log);

    /// <inheritdoc/>
    protected override HostedGrain Self => GrainKeys.Grain(this.GetPrimaryKeyString(), HostedGrainKind.Expert);

    /// <inheritdoc/>
    public Task<RestoreReply> Restore(RestoreRequest request)
    {
        var run = _runs.Get(request.Run);
        StayActive();
        return _expert.Restore(run, request);
    }

    /// <inheritdoc/>
    public Task ReceiveState(RestorePiece piece)
    {
        _expert.ReceiveState(_runs.Get(piece.Run), piece);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReceiveSamples(SampleChunk chunk) => _expert.ReceiveSamples(chunk);

    /// <inheritdoc/>
    public Task<DispatchReply> Dispatch(DispatchRequest request) => _expert.Dispatch(request);

    /// <inheritdoc/>
    public Task<CommitReply> Commit(CommitRequest request)
    {
        using var span = GrainTelemetry.Start(GrainTelemetry.CommitSpan, request.Trace);
        try
        {
            var reply = _expert.Commit(request);
            if (reply.Kind == CommitKind.Apply) CommitLog.Write(_log, Self, request, _expert.Silo, _expert.Weights);
            span?.SetTag(GrainTelemetry.Step, request.Step)
                .SetTag(GrainTelemetry.Expert, Self.Index)
                .SetTag(GrainTelemetry.Silo, _expert.Silo)
                .SetTag(GrainTelemetry.Samples, request.Coverage.Sum(range => range.Samples))
                .SetTag(GrainTelemetry.Decision, reply.Kind.ToString());
            return Task.FromResult(reply);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<EvaluateReply> Evaluate(EvaluateRequest request) => _expert.Evaluate(request);

    /// <inheritdoc/>
    public Task<ExpertSnapshot> Read(ExpertTensor tensor, int first = 0) => Task.FromResult(_expert.Read(tensor, first));

    /// <inheritdoc/>
    public Task Move()
    {
        _expert.FailWaiting("moves to another silo");
        MoveAway();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release()
    {
        _expert.FailWaiting("was released");
        Retire();
        return Task.CompletedTask;
    }
}
