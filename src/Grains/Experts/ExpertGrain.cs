using System.Collections.Immutable;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Experts;

/// <summary>
/// One expert: it owns its weights and optimiser state, computes partial gradients on the silo's compute lane, and updates
/// itself when the coordinator commits. What it may do when is the ledger's to say.
/// </summary>
/// <param name="runs">The runs of this silo.</param>
/// <param name="lane">The compute lane.</param>
/// <param name="silo">The silo.</param>
/// <param name="hosted">The grains on it.</param>
[AssignedSilo, GrainType(GrainKeys.ExpertType)]
public sealed class ExpertGrain(RunStore runs, ComputeLane lane, ILocalSiloDetails silo, HostedGrains hosted) : Grain, IExpertGrain
{
    private const int EvaluationPiece = 256;

    private readonly ExpertLedger<NodeValue[], DispatchReply> _ledger = new();
    private readonly Dictionary<long, TaskCompletionSource> _pending = [];
    private readonly VersionChange _versionChange = new();
    private readonly ReplyBuffers<float> _gateGradients = new();
    private readonly ReplyBuffers<double> _blockLosses = new();
    private RunResources? _run;
    private MinibatchOrder? _order;
    private FloatPool? _pool;
    private readonly List<DispatchWork> _spareWork = [];
    private ReceivedSamples? _received;
    private TreeFold<float>? _fold;
    private float[] _weights = [];
    private float[] _state = [];
    private (long Version, float[] Weights)? _best;

    /// <inheritdoc/>
    public async Task<RestoreReply> Restore(RestoreRequest request)
    {
        var run = runs.Get(request.Run);
        var (weights, state) = Load(run, request);
        // By payload the rows come with the dispatches.
        if (request.Run.Dispatch == DispatchMode.Reference) await run.Data;
        // The weights live here alone until the run is over.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var decision = _ledger.Restore(request.Generation, request.Version);
        if (decision == RestoreDecision.Restored)
        {
            (_run, _weights, _state) = (run, weights, state);
            _best = request.BestWeights is { } best ? (request.BestVersion, best.Span.ToArray()) : null;
            _gateGradients.Abandon();
            _blockLosses.Abandon();
            _order ??= new MinibatchOrder(run.Spec.Training, run.Spec.Data.Train);
            _pool ??= new FloatPool(run.Parameters.Length);
            _received ??= new ReceivedSamples(run.RowLength, run.Spec.Training.Block);
            _received.Clear();
            _versionChange.Signal();
        }

        return new RestoreReply(decision, silo.Name);
    }

    /// <inheritdoc/>
    public async Task ReceiveSamples(SampleChunk chunk)
    {
        using var samples = chunk.Samples;
        while (_ledger.IsEarly(chunk.Step)) await _versionChange.Wait();
        try
        {
            // Others are nobody's: of another step, or of a dispatch that is computed already. What the dispatch is answered says the rest.
            if (_ledger.Wants(chunk.Step, chunk.Range)) _received!.Add(chunk, _order!.Size(chunk.Step));
        }
        catch (InvalidDataException failure)
        {
            throw new InvalidOperationException($"{Name} refused samples of step {chunk.Step}: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public Task<DispatchReply> Dispatch(DispatchRequest request)
    {
        var decision = _ledger.Dispatch(request.Step, request.Range);
        return decision.Kind switch
        {
            DispatchKind.Compute => Compute(request, decision.Ticket),
            DispatchKind.Done => Task.FromResult(decision.Answer!),
            DispatchKind.Pending => DispatchAgain(request, decision.Ticket),
            DispatchKind.Early => DispatchLater(request),
            _ => Task.FromResult(Refused(decision.Kind)),
        };
    }

    /// <inheritdoc/>
    public Task<CommitReply> Commit(CommitRequest request)
    {
        var coverage = new RangeSamples[request.Coverage.Length];
        for (var i = 0; i < coverage.Length; i++)
            coverage[i] = new RangeSamples(new BlockRange(request.Coverage[i].Start, request.Coverage[i].Count), request.Coverage[i].Samples);
        var decision = _ledger.Commit(request.Generation, request.Step, coverage);
        if (decision.Kind == CommitKind.Apply)
        {
            if (request.SnapshotBest) SnapshotBest(request.Step);
            _gateGradients.Recycle();
            _blockLosses.Recycle();
            _received!.Clear();
            Update(request.Step, coverage, decision.Partials);
            _versionChange.Signal();
        }

        ImmutableArray<CoveredRange> missing = decision.Missing.IsEmpty ? [] : [.. decision.Missing.Select(range => new CoveredRange(range.Start, range.Count, 0))];
        return Task.FromResult(new CommitReply(decision.Kind, decision.Version, missing));
    }

    /// <inheritdoc/>
    public async Task<EvaluateReply> Evaluate(EvaluateRequest request)
    {
        WeightsOf(request.Version);
        var run = _run!;
        var total = request.Gates.Length;
        if (request.Samples is { } sent && (sent.Count != total || sent.RowLength != run.RowLength))
            throw new ArgumentException($"{sent.Count} samples of {sent.RowLength} elements and {total} gates were to be evaluated; a sample has {run.RowLength}.", nameof(request));
        if (request.Samples is null && request.Indexes?.Length != total)
            throw new ArgumentException($"{request.Indexes?.Length ?? 0} samples and {total} gates were to be evaluated.", nameof(request));
        var samples = request.Samples is { } received ? DispatchedSamples.Of(received) : DispatchedSamples.Of((await run.Data).Test, request.Indexes!);
        var weights = WeightsOf(request.Version);
        var pieces = ShardCut.Blocks(total, EvaluationPiece);
        var hits = 0;
        await lane.Run(Enumerable.Repeat(EvaluationPiece, pieces).ToArray(), (scratch, piece) =>
        {
            run.Released.ThrowIfCancellationRequested();
            var first = piece * EvaluationPiece;
            var count = Math.Min(EvaluationPiece, total - first);
            var labels = samples.Labels.Span;
            var indexes = samples.Indexes.Span.Slice(first, count);
            var predictions = new int[count];
            scratch.Expert(run.Spec.Model, run.Spec.Data.Dim, run.Spec.Data.Patches)
                .Predict(weights, new LeafSamples<float>(samples.Inputs.Span, labels, indexes, request.Gates.Span.Slice(first, count)), predictions);
            var right = 0;
            for (var i = 0; i < count; i++) right += predictions[i] == labels[indexes[i]] ? 1 : 0;
            Interlocked.Add(ref hits, right);
        });
        // They are updated in place.
        WeightsOf(request.Version);
        request.Samples?.Dispose();
        return new EvaluateReply(total, hits);
    }

    /// <inheritdoc/>
    public Task<ExpertSnapshot> Read() => Task.FromResult(Snapshot(_ledger.Version, _weights));

    /// <inheritdoc/>
    public Task<ExpertSnapshot> ReadBest() => _best is { } best
        ? Task.FromResult(Snapshot(best.Version, best.Weights))
        : throw new InvalidOperationException($"{Name} has kept no weights.");

    /// <inheritdoc/>
    public Task Move()
    {
        _versionChange.Fail($"{Name} moves to another silo.");
        // Not just to deactivate: a call on its way here would bring the grain back on this silo.
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release()
    {
        // Calls that wait would keep it.
        _versionChange.Fail($"{Name} was released.");
        DelayDeactivation(TimeSpan.Zero);
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        hosted.Add(Self);
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        hosted.Remove(Self);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    private HostedGrain Self => GrainKeys.Grain(this.GetPrimaryKeyString(), HostedGrainKind.Expert);

    private string Name => $"Expert {GrainKeys.Index(this.GetPrimaryKeyString())} on silo {silo.Name}";

    private ExpertSnapshot Snapshot(long version, float[] weights) => new(
        version,
        _ledger.Generation,
        new WireTensor<float>(weights.ToArray()),
        new WireTensor<float>(_state.ToArray()),
        _ledger.EntryCount,
        silo.Name);

    private void SnapshotBest(long version)
    {
        var kept = _best?.Weights ?? new float[_weights.Length];
        _weights.CopyTo(kept, 0);
        _best = (version, kept);
    }

    private float[] WeightsOf(long version)
    {
        if (_ledger.Generation != 0)
        {
            if (_ledger.Version == version) return _weights;
            if (_best is { } best && best.Version == version) return best.Weights;
        }

        throw new InvalidOperationException($"{Name} is at version {_ledger.Version}, version {version} was to be evaluated.");
    }

    private (float[] Weights, float[] State) Load(RunResources run, RestoreRequest request)
    {
        var (spec, expert) = (run.Spec, GrainKeys.Index(this.GetPrimaryKeyString()));
        var stateLength = Optimiser.StateLength(spec.Training.Expert, run.Parameters.Length);
        if (request.Version == 0)
            return (ExpertKinds.InitialWeights<float>(spec.Model, run.Parameters, spec.Training.Seed, expert), new float[stateLength]);
        var (weights, state) = (request.Weights?.Span.ToArray() ?? [], request.OptimiserState?.Span.ToArray() ?? []);
        if (weights.Length != run.Parameters.Length || state.Length != stateLength)
            throw new ArgumentException($"Expert {expert} has {run.Parameters.Length} weights and an optimiser state of {stateLength}; {weights.Length} and {state.Length} were to be restored.", nameof(request));
        return (weights, state);
    }

    /// <summary>Forward, loss and backward of the samples: partial gradients on the canonical nodes of the shard.</summary>
    private async Task<DispatchReply> Compute(DispatchRequest request, DispatchTicket ticket)
    {
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
            var busy = await work.Start(run, _weights, request, samples, blocks, gateGradients);
            // Where it fails, a lane thread may still read them: they are left to the garbage collector.
            received?.Dispose();
            var partial = work.Join();
            var reply = work.Reply(_ledger.Version, busy, blockLosses);
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
            throw new InvalidOperationException($"{Name} failed at step {request.Step}: {failure.Message}", failure);
        }
        finally
        {
            if (_pending.Remove(ticket.Number, out var ended)) ended.SetResult();
        }
    }

    /// <summary>What is to spare, best that of the same shard: then it has all it needs.</summary>
    private DispatchWork TakeWork(BlockRange range)
    {
        if (_spareWork.Count == 0) return new DispatchWork(new LaneTree(lane, _pool!));
        var at = Math.Max(0, _spareWork.FindIndex(spare => spare.Range == range));
        var work = _spareWork[at];
        _spareWork.RemoveAt(at);
        return work;
    }

    private DispatchReply Refused(DispatchKind kind) => new(kind, _ledger.Version, null, null, 0, 0);

    /// <summary>The same dispatch again: waits for the first, then looks once more.</summary>
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
        await _versionChange.Wait();
        return await Dispatch(request);
    }

    /// <summary>In one turn with the ledger's commit. The ledger has advanced: where this fails, the expert's state is lost.</summary>
    private void Update(long step, RangeSamples[] coverage, ImmutableArray<NodeValue[]> partials)
    {
        try
        {
            Fold(step, coverage, partials);
        }
        catch (Exception failure)
        {
            // The ledger knows no generation then, so every call is refused until the coordinator restores the expert.
            _ledger.Invalidate();
            _versionChange.Signal();
            throw new InvalidOperationException($"{Name} failed to commit step {step}: {failure.Message}", failure);
        }
    }

    /// <summary>Folds the partial gradients to the root and applies the optimiser.</summary>
    private void Fold(long step, RangeSamples[] coverage, ImmutableArray<NodeValue[]> partials)
    {
        var (run, pool) = (_run!, _pool!);
        var samples = _order!.Size(step);
        var blocks = ShardCut.Blocks(samples, run.Spec.Training.Block);
        var fold = _fold ??= new TreeFold<float>(blocks);
        fold.Restart(blocks);
        var next = 0;
        // The partials are in the order of the request: this is done with it.
        Array.Sort(coverage, static (a, b) => a.Range.CompareTo(b.Range));
        foreach (var covered in coverage)
        {
            AddAbsent(fold, next, covered.Range.Start, blocks);
            next = covered.Range.End;
        }

        AddAbsent(fold, next, blocks, blocks);
        foreach (var partial in partials)
        {
            foreach (var (node, value) in partial) fold.Add(node, value, pool.Returned);
        }

        var gradient = fold.Root ?? pool.Rent();
        // Without samples the gradient is +0: momentum and decay go on.
        if (fold.Root is null) Array.Clear(gradient);
        Optimiser.Apply<float>(run.Spec.Training.Expert, run.Parameters, samples, step, gradient, _weights, _state);
        pool.Return(gradient);
    }

    private static void AddAbsent(TreeFold<float> fold, int start, int end, int blocks)
    {
        if (start >= end) return;
        foreach (var node in ReductionTree.Cover(new BlockRange(start, end - start), blocks)) fold.Add(node, null);
    }

    private void Recycle(NodeValue[] partial)
    {
        foreach (var (_, value) in partial)
        {
            if (value is not null) _pool!.Return(value);
        }
    }
}
