using System.Collections.Immutable;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// One activation of an expert, without its grain: weights and optimiser state, the partial gradients of the step in progress, and what
/// each message does with them. Its ledger decides. One caller at a time, as in a grain's turns.
/// <para>
/// <b>Complete or invalid.</b> Whatever can be allocated is allocated before the ledger advances. If anything fails afterwards, the ledger
/// is invalidated in the same turn: a repeated message is then never acknowledged with weights that it did not lead to.
/// </para>
/// </summary>
/// <param name="index">The expert.</param>
/// <param name="silo">Name of its silo.</param>
/// <param name="lane">The compute lane.</param>
/// <param name="arrays">Where its arrays come from.</param>
internal sealed class TrainingExpert(int index, string silo, ComputeLane lane, ArraySource arrays)
{
    private readonly ExpertLedger<NodeValue[], DispatchReply> _ledger = new();
    private readonly Dictionary<long, TaskCompletionSource> _pending = [];
    private readonly VersionChange _versionChange = new();
    private readonly ReplyBuffers<float> _gateGradients = new(arrays);
    private readonly ReplyBuffers<double> _blockLosses = new(arrays);
    private readonly List<DispatchWork> _spareWork = [];
    private ExpertState _state = ExpertState.Empty;
    private RunResources? _run;
    private MinibatchOrder? _order;
    private FloatPool? _pool;
    private ReceivedSamples? _received;
    private ReceivedState? _receivedState;
    private ExpertUpdate? _update;
    private double _squaredGradient;

    /// <summary>Name of its silo.</summary>
    public string Silo => silo;

    /// <summary>Its weights, valid until the next commit.</summary>
    public ReadOnlySpan<float> Weights => _state.Weights;

    private string Name => $"Expert {index} on silo {silo}";

    /// <inheritdoc cref="IExpertGrain.Restore"/>
    public async Task<RestoreReply> Restore(RunResources run, RestoreRequest request)
    {
        if (StateOf(run).Complete(request) is not { } complete)
            return new RestoreReply(_ledger.WasRestored(request.Generation, request.Version) ? RestoreDecision.AlreadyRestored : RestoreDecision.Incomplete, silo);
        request = complete;
        var state = ExpertState.Load(arrays, run, index, request, request.Version == 0 ? await run.InitialWeights : null);
        // By payload the rows come with the dispatches.
        if (request.Run.Dispatch == DispatchMode.Reference) await run.Data;
        _order ??= new MinibatchOrder(run.Spec.Training, run.Spec.Data.Train);
        _pool ??= new FloatPool(arrays, run.Parameters.Length);
        _update ??= new ExpertUpdate(_pool);
        _received ??= new ReceivedSamples(arrays, run.RowLength, run.Spec.Training.Block);
        var decision = _ledger.Restore(request.Generation, request.Version);
        if (decision == RestoreDecision.Restored) TakeState(run, state, request.Version);
        _receivedState!.Clear();
        return new RestoreReply(decision, silo);
    }

    /// <inheritdoc cref="IExpertGrain.ReceiveState"/>
    public void ReceiveState(RunResources run, RestorePiece piece) => StateOf(run).Add(piece);

    /// <inheritdoc cref="IExpertGrain.ReceiveSamples"/>
    public async Task ReceiveSamples(SampleChunk chunk)
    {
        using var samples = chunk.Samples;
        while (_ledger.IsEarly(chunk.Step)) await _versionChange.Wait();
        try
        {
            // Samples of another step, or of a dispatch that is computed already, are dropped. The reply to their dispatch reports it.
            if (_ledger.Wants(chunk.Step, chunk.Range)) _received!.Add(chunk, _order!.Size(chunk.Step));
        }
        catch (InvalidDataException failure)
        {
            throw new InvalidOperationException($"{Name} refused samples of step {chunk.Step}: {failure.Message}", failure);
        }
    }

    /// <inheritdoc cref="IExpertGrain.Dispatch"/>
    public Task<DispatchReply> Dispatch(DispatchRequest request) => Dispatch(request, TimeSpan.Zero);

    private Task<DispatchReply> Dispatch(DispatchRequest request, TimeSpan commitWait)
    {
        var decision = _ledger.Dispatch(request.Step, request.Range);
        return decision.Kind switch
        {
            DispatchKind.Compute => Compute(request, decision.Ticket, commitWait),
            DispatchKind.Done => Task.FromResult(decision.Answer!),
            DispatchKind.Pending => DispatchAgain(request, decision.Ticket),
            DispatchKind.Early => DispatchLater(request),
            _ => Task.FromResult(Refused(decision.Kind)),
        };
    }

    /// <inheritdoc cref="IExpertGrain.Commit"/>
    public CommitReply Commit(CommitRequest request)
    {
        var start = lane.Time.GetTimestamp();
        var coverage = arrays.New<RangeSamples>(request.Coverage.Length);
        for (var i = 0; i < coverage.Length; i++)
            coverage[i] = new RangeSamples(new BlockRange(request.Coverage[i].Start, request.Coverage[i].Count), request.Coverage[i].Samples);
        if (request.SnapshotBest) _state.ReserveBest();
        var decision = _ledger.Commit(request.Generation, request.Step, coverage);
        if (decision.Kind == CommitKind.Apply) Apply(request, coverage, decision.Partials);
        ImmutableArray<CoveredRange> missing = decision.Missing.IsEmpty ? [] : [.. decision.Missing.Select(range => new CoveredRange(range.Start, range.Count, 0))];
        return new CommitReply(decision.Kind, decision.Version, missing, lane.Time.GetElapsedTime(start).TotalMilliseconds, _squaredGradient);
    }

    /// <inheritdoc cref="IExpertGrain.Evaluate"/>
    public async Task<EvaluateReply> Evaluate(EvaluateRequest request)
    {
        WeightsOf(request.Version);
        var run = _run!;
        ExpertEvaluation.Validate(request, run.RowLength);
        var samples = request.Samples is { } received ? DispatchedSamples.Of(received) : DispatchedSamples.Of((await run.Data).Of(request.Set), request.Indexes!);
        var losses = request.WithLosses ? new double[request.Gates.Length] : [];
        var hits = await ExpertEvaluation.Hits(lane, run, WeightsOf(request.Version), samples, request.Gates.Memory, losses);
        // A commit meanwhile has updated the weights in place.
        WeightsOf(request.Version);
        request.Samples?.Dispose();
        return new EvaluateReply(request.Gates.Length, hits, request.WithLosses ? new WireTensor<double>(losses) : null);
    }

    /// <inheritdoc cref="IExpertGrain.Read"/>
    public ExpertSnapshot Read(ExpertTensor tensor, int first = 0)
    {
        var (version, values) = tensor switch
        {
            ExpertTensor.Weights => (_ledger.Version, _state.Weights),
            ExpertTensor.OptimiserState => (_ledger.Version, _state.OptimiserState),
            ExpertTensor.BestWeights => _state.Best ?? throw new InvalidOperationException($"{Name} has no best weights."),
            _ => throw new ArgumentOutOfRangeException(nameof(tensor), tensor, "An expert has no such array."),
        };
        // The weights are updated in place while the message is under way.
        var piece = arrays.Copy(TensorPiece.Of(values, first).Span);
        return new ExpertSnapshot(version, _ledger.Generation, new WireTensor<float>(piece), _ledger.EntryCount, silo);
    }

    /// <summary>The expert leaves its silo: calls that wait for another version fail. They would keep the grain active.</summary>
    /// <param name="why">What happens to it, for the message.</param>
    public void FailWaiting(string why) => _versionChange.Fail($"{Name} {why}.");

    private ReceivedState StateOf(RunResources run) =>
        _receivedState ??= new ReceivedState(arrays, Math.Max(run.Parameters.Length, Optimiser.StateLength(run.Spec.Training.Expert, run.Parameters.Length)));

    private float[] WeightsOf(long version)
    {
        if (_ledger.Generation != 0)
        {
            if (_ledger.Version == version) return _state.Weights;
            if (_state.Best is { } best && best.Version == version) return best.Weights;
        }

        throw new InvalidOperationException($"{Name} is at version {_ledger.Version}, version {version} was to be evaluated.");
    }

    /// <summary>In one turn with the ledger's restore.</summary>
    private void TakeState(RunResources run, ExpertState state, long version)
    {
        try
        {
            (_run, _state) = (run, state);
            _gateGradients.Abandon();
            _blockLosses.Abandon();
            _received!.Clear();
            _versionChange.Signal();
        }
        catch (Exception failure)
        {
            throw Invalidated($"failed to take the state of version {version}", failure);
        }
    }

    /// <summary>In one turn with the ledger's commit.</summary>
    private void Apply(CommitRequest request, RangeSamples[] coverage, ImmutableArray<NodeValue[]> partials)
    {
        lane.BeginTurn();
        try
        {
            if (request.SnapshotBest) _state.SnapshotBest(request.Step);
            _gateGradients.Recycle();
            _blockLosses.Recycle();
            _received!.Clear();
            _squaredGradient = _update!.Apply(_run!, request.Step, _order!.Size(request.Step), coverage, partials, _state);
            _versionChange.Signal();
        }
        catch (Exception failure)
        {
            throw Invalidated($"failed to commit step {request.Step}", failure);
        }
        finally
        {
            lane.EndTurn();
        }
    }

    /// <summary>The ledger has changed and the state has not followed: the expert refuses every call until it is restored.</summary>
    private InvalidOperationException Invalidated(string what, Exception failure)
    {
        _ledger.Invalidate();
        _versionChange.Signal();
        return new InvalidOperationException($"{Name} {what}: {failure.Message}", failure);
    }

    /// <summary>Forward, loss and backward of the samples: partial gradients on the canonical nodes of the shard.</summary>
    private async Task<DispatchReply> Compute(DispatchRequest request, DispatchTicket ticket, TimeSpan commitWait)
    {
        using var span = GrainTelemetry.Start(GrainTelemetry.ComputeSpan, request.Trace);
        try
        {
            var (run, minibatch) = (_run!, _order!.Size(request.Step));
            DispatchValidation.Check(request, minibatch, run.Spec.Training.Block);
            var received = request.Indexes is null ? _received!.TryTake(request.Range, request.Gates.Length) : null;
            if (request.Indexes is null && received is null)
            {
                _ledger.Abandon(ticket);
                return Refused(DispatchKind.SamplesMissing);
            }

            var samples = received is null ? DispatchedSamples.Of((await run.Data).Train, request.Indexes!) : DispatchedSamples.Of(received);
            var work = TakeWork(request.Range);
            var gateGradients = _gateGradients.Rent(request.Gates.Length);
            var blockLosses = _blockLosses.Rent(request.Range.Count);
            var blocks = ShardCut.Blocks(minibatch, run.Spec.Training.Block);
            var busy = await work.Start(run, _state.Weights, request, samples, blocks, gateGradients);
            // Only now: if the work fails, a lane thread may still read the samples, and they are left to the garbage collector.
            received?.Dispose();
            var partial = work.Join();
            var reply = work.Reply(_ledger.Version, busy, commitWait, blockLosses);
            DispatchTelemetry.Computed(span, request, index, silo, reply.Timing);
            _spareWork.Add(work);
            if (_ledger.Complete(ticket, partial, request.Gates.Length, reply))
            {
                _gateGradients.MarkSent(gateGradients);
                _blockLosses.MarkSent(blockLosses);
                return reply;
            }

            Recycle(partial);
            return Refused(DispatchKind.Behind);
        }
        catch (Exception failure)
        {
            _ledger.Abandon(ticket);
            span.Fail(failure);
            throw new InvalidOperationException($"{Name} failed at step {request.Step}: {failure.Message}", failure);
        }
        finally
        {
            if (_pending.Remove(ticket.Number, out var ended)) ended.SetResult();
        }
    }

    /// <summary>Spare work, preferably of the same shard: then its arrays fit.</summary>
    private DispatchWork TakeWork(BlockRange range)
    {
        if (_spareWork.Count == 0) return new DispatchWork(new LaneTree(lane, _pool!));
        var at = Math.Max(0, _spareWork.FindIndex(spare => spare.Range == range));
        var work = _spareWork[at];
        _spareWork.RemoveAt(at);
        return work;
    }

    private DispatchReply Refused(DispatchKind kind) => new(kind, _ledger.Version, null, null, 0, 0);

    /// <summary>The same dispatch again: waits until the first has ended, then asks the ledger again.</summary>
    private async Task<DispatchReply> DispatchAgain(DispatchRequest request, DispatchTicket first)
    {
        if (!_pending.TryGetValue(first.Number, out var ended))
            _pending[first.Number] = ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await ended.Task;
        return await Dispatch(request);
    }

    /// <summary>A dispatch of the next step: waits for the commit of this one.</summary>
    private async Task<DispatchReply> DispatchLater(DispatchRequest request)
    {
        var start = lane.Time.GetTimestamp();
        await _versionChange.Wait();
        return await Dispatch(request, lane.Time.GetElapsedTime(start));
    }

    private void Recycle(NodeValue[] partial)
    {
        foreach (var (_, value) in partial)
        {
            if (value is not null) _pool!.Return(value);
        }
    }
}
