using System.Collections.Immutable;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Telemetry;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Routers;

/// <summary>
/// Routes a shard: scores, noise, argmax and gates on the compute lane; one dispatch for each expert with samples; then the
/// router's partial gradient from the experts' replies. Between steps it keeps only the minibatch order of the epoch and
/// buffers.
/// </summary>
/// <param name="runs">The runs of this silo.</param>
/// <param name="lane">The compute lane.</param>
/// <param name="silo">This silo.</param>
/// <param name="assignments">Where the experts are.</param>
/// <param name="hosted">The grains of this silo.</param>
/// <param name="arrays">Where the grain's arrays come from.</param>
/// <param name="time">The clock.</param>
[AssignedSilo, GrainType(GrainKeys.RouterType)]
internal sealed class RouterGrain(
    RunStore runs, ComputeLane lane, ILocalSiloDetails silo, AssignmentTable assignments, HostedGrains hosted, ArraySource arrays, TimeProvider time)
    : RunMemberGrain(hosted), IRouterGrain
{
    private const int PayloadAttempts = 3;

    private static readonly EqualityComparer<NodeValue> s_sameNode = EqualityComparer<NodeValue>.Create((a, b) => a.Node == b.Node);

    private readonly SampleSender _sender = new();
    private MinibatchOrder? _order;
    private FloatPool? _pool;
    private ShardBuffers? _buffers;
    private (NodeValue[] Values, WireTensor<int> Nodes)? _nodes;
    private IExpertGrain[] _experts = [];

    /// <inheritdoc/>
    public async Task<RouteReply> Route(RouteRequest request)
    {
        using var span = GrainTelemetry.Start(GrainTelemetry.RouteSpan, request.Trace);
        span?.SetTag(GrainTelemetry.Step, request.Step).SetTag(GrainTelemetry.Shard, Self.Index).SetTag(GrainTelemetry.Silo, silo.Name);
        if (request.Only is { } repeated) span?.SetTag(GrainTelemetry.Expert, repeated);
        try
        {
            return await Route(request, new RouteTimes(time, span));
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    private async Task<RouteReply> Route(RouteRequest request, RouteTimes times)
    {
        var run = runs.Get(request.Run);
        var replay = await run.Replay;
        var (train, experts) = ((await run.Data).Train, Experts(request.Run, run));
        _order ??= new MinibatchOrder(run.Spec.Training, train.Count);
        var slopes = SwitchBalance.Slopes(run.Spec.Routing, experts.Length, (request.Dispatched ?? WireTensor<int>.None).Span);
        var (range, block, samples) = (request.Range, run.Spec.Training.Block, _order.Size(request.Step));
        var count = ShardCut.Samples(range, samples, block);
        times.Begin(experts.Length, count);
        if (count == 0) throw new ArgumentException($"Step {request.Step} has {ShardCut.Blocks(samples, block)} blocks, {range} were to be routed.", nameof(request));
        var first = range.Start * block;
        var buffers = TakeBuffers(run, count, range);
        var routed = buffers.Routed;
        _order.Fill(request.Step, first, routed.Indexes);
        var busy = await buffers.Route.Start(lane, run, request.Theta, RoutePurpose.Train, request.Step, train.PatchSums, routed, replay);
        var record = request.Record ? buffers.Record() : null;

        var dispatches = DispatchGrouping.Group(routed, range, block, buffers.Dispatches);
        var counts = new DispatchCounts(train.Clusters, experts.Length);
        counts.Count(train.Cluster, routed.Indexes, routed.Expert);
        var tally = new WireTensor<int>(counts.Memory);
        var dispatchStart = time.GetTimestamp();
        var calls = new Task<DispatchReply>[dispatches.Length];
        for (var m = 0; m < calls.Length; m++)
        {
            var called = dispatches[m].Count > 0 && (request.Only is not { } only || only == m);
            calls[m] = called ? Dispatch(request, m, dispatches[m], train, times) : NoReply;
        }

        DispatchReply?[] replies = await Answers(request.Run, calls);
        var dispatchMilliseconds = time.GetElapsedTime(dispatchStart).TotalMilliseconds;
        var refusals = Refusals(replies);
        if (!refusals.IsEmpty || request.Only is not null)
            return new RouteReply(refusals, tally, 0, WireTensor<double>.None, WireTensor<int>.None, WireTensor<float>.None, 0, dispatchMilliseconds, times.Dispatches);

        var scatter = new GateGradientScatter(buffers.GateGradients, range.Count, dispatches, replies);
        busy += await buffers.Gradient.Start(run, buffers, train.PatchSums, range, ShardCut.Blocks(samples, block), slopes);
        var values = buffers.Gradient.Join();
        // Every dispatch was answered: no message refers to the buffers.
        _buffers = buffers;
        return new RouteReply(
            [], tally, scatter.Hits, new WireTensor<double>(scatter.BlockLosses), Nodes(values), Sums(values), busy.TotalMilliseconds + scatter.ComputeMilliseconds, dispatchMilliseconds, times.Dispatches, record);
    }

    /// <inheritdoc/>
    public async Task<EvaluateReply> RouteTest(RouteTestRequest request)
    {
        var run = runs.Get(request.Run);
        var (test, experts) = ((await run.Data).Of(request.Set), Experts(request.Run, run));
        if (request.First < 0 || request.Count < 0 || request.First > test.Count - request.Count)
            throw new ArgumentException($"There are {test.Count} samples of set {request.Set}, {request.Count} from {request.First} on were to be routed.", nameof(request));
        var routed = new RoutedSamples<float>(run.Spec.Routing, request.Count, experts.Length);
        for (var i = 0; i < request.Count; i++) routed.Indexes[i] = request.First + i;
        await new RouteWork().Start(lane, run, request.Theta, request.Purpose, request.Version, test.PatchSums, routed);
        var dispatches = DispatchGrouping.Group(routed, new BlockRange(0, 1), Math.Max(1, request.Count));
        var replies = await Answers(request.Run, [.. dispatches.Select((dispatch, m) => Evaluate(request, m, dispatch, test))]);
        return new EvaluateReply(replies.Sum(reply => reply.Samples), replies.Sum(reply => reply.Hits), request.WithLosses ? Losses(request.Count, dispatches, replies) : null);
    }

    /// <inheritdoc/>
    public Task Move()
    {
        MoveAway();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release()
    {
        Retire();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override HostedGrain Self => GrainKeys.Grain(this.GetPrimaryKeyString(), HostedGrainKind.Router);

    private static Task<DispatchReply> NoReply { get; } = Task.FromResult<DispatchReply>(null!);

    private IExpertGrain[] Experts(RunContext context, RunResources run)
    {
        if (_experts.Length == 0)
            _experts = [.. Enumerable.Range(0, run.Spec.Model.Experts).Select(m => GrainFactory.GetGrain<IExpertGrain>(GrainKeys.Of(context.RunId, m)))];
        return _experts;
    }

    // Routes may interleave, also with a repetition of the same route, so each call takes other buffers.
    private ShardBuffers TakeBuffers(RunResources run, int samples, BlockRange range)
    {
        _pool ??= new FloatPool(arrays, run.RouterLayout.Length);
        var buffers = _buffers is { } spare && spare.Fit(run.Spec, samples, range) ? spare : new ShardBuffers(run.Spec, samples, range, lane, _pool, arrays);
        _buffers = null;
        return buffers;
    }

    /// <summary>Waits for all experts. The exception of an expert that fails names it.</summary>
    private async Task<T[]> Answers<T>(RunContext run, Task<T>[] calls)
    {
        try
        {
            return await Task.WhenAll(calls);
        }
        // Exceptions of the expert itself name it already.
        catch (Exception failure) when (failure is not InvalidOperationException)
        {
            var expert = Array.FindIndex(calls, call => !call.IsCompletedSuccessfully);
            throw new InvalidOperationException($"expert {expert} on silo {assignments.SiloOfExpert(run.RunId, expert) ?? "unknown"}: {CallFailure.Reason(failure)}", failure);
        }
    }

    private Task<DispatchReply> Dispatch(RouteRequest request, int expert, ExpertDispatch<float> dispatch, Samples<float> train, RouteTimes times)
    {
        var assigned = assignments.SiloOfExpert(request.Run.RunId, expert);
        var other = PayloadSilo(request.Run, expert);
        return times.Dispatch(request, expert, assigned, dispatch.Count, (span, trace) =>
        {
            var message = new DispatchRequest(
                request.Step, dispatch.Range.Start, new WireTensor<int>(dispatch.BlockStarts), other is null ? new WireTensor<int>(dispatch.Indexes) : null, new WireTensor<float>(dispatch.Gates), trace);
            DispatchTelemetry.Sent(span, message, isLocal: assigned == silo.Name, SampleSender.Bytes(train));
            return other is null ? _experts[expert].Dispatch(message) : DispatchSamples(message, expert, other, dispatch, train);
        });
    }

    /// <summary>By payload: sends the samples in chunks, and then the dispatch.</summary>
    private async Task<DispatchReply> DispatchSamples(DispatchRequest message, int expert, string other, ExpertDispatch<float> dispatch, Samples<float> train)
    {
        var step = message.Step;
        for (var attempt = 0; attempt < PayloadAttempts; attempt++)
        {
            if (attempt > 0) DispatchTelemetry.Sent(span: null, message, isLocal: false, SampleSender.Bytes(train));
            await _sender.Send(other, step, train, dispatch.Indexes, async (first, samples) =>
            {
                await _experts[expert].ReceiveSamples(new SampleChunk(step, dispatch.Range.Start, dispatch.Range.Count, dispatch.Count, first, samples));
                return true;
            });
            var reply = await _experts[expert].Dispatch(message);
            if (reply.Kind != DispatchKind.SamplesMissing) return reply;
        }

        throw new InvalidOperationException(
            $"Expert {expert} on silo {other} still misses samples of step {step}, blocks {dispatch.Range}, after {PayloadAttempts} attempts to send them.");
    }

    private async Task<EvaluateReply> Evaluate(RouteTestRequest request, int expert, ExpertDispatch<float> dispatch, Samples<float> test)
    {
        if (PayloadSilo(request.Run, expert) is not { } other)
            return await _experts[expert].Evaluate(new EvaluateRequest(request.Version, new WireTensor<int>(dispatch.Indexes), new WireTensor<float>(dispatch.Gates), null, request.Set, request.WithLosses));
        var replies = await _sender.Send(other, request.Version, test, dispatch.Indexes, (first, samples) =>
            _experts[expert].Evaluate(new EvaluateRequest(request.Version, null, new WireTensor<float>(dispatch.Gates.Slice(first, samples.Count)), samples, request.Set, request.WithLosses)));
        var losses = request.WithLosses ? new WireTensor<double>([.. replies.SelectMany(reply => reply.Losses!.Span.ToArray())]) : null;
        return new EvaluateReply(replies.Sum(reply => reply.Samples), replies.Sum(reply => reply.Hits), losses);
    }

    /// <summary>The losses in the order of the samples: no sum of them depends on which expert had which.</summary>
    private static WireTensor<double> Losses(int count, ExpertDispatch<float>[] dispatches, EvaluateReply[] replies)
    {
        var losses = new double[count];
        foreach (var (dispatch, reply) in dispatches.Zip(replies))
        {
            for (var i = 0; i < dispatch.Count; i++) losses[dispatch.Positions.Span[i]] = reply.Losses!.Span[i];
        }

        return new WireTensor<double>(losses);
    }

    /// <summary>The silo that receives an expert's samples by payload; null if indexes are enough, as on this silo, which has the data set.</summary>
    private string? PayloadSilo(RunContext run, int expert)
    {
        if (run.Dispatch != DispatchMode.Payload) return null;
        var assigned = assignments.SiloOfExpert(run.RunId, expert) ?? "unknown";
        return assigned == silo.Name ? null : assigned;
    }

    private static ImmutableArray<DispatchRefusal> Refusals(DispatchReply?[] replies)
    {
        ImmutableArray<DispatchRefusal> refusals = [];
        for (var m = 0; m < replies.Length; m++)
        {
            if (replies[m] is { Kind: not DispatchKind.Done } refused) refusals = refusals.Add(new DispatchRefusal(m, refused.Kind, refused.Version));
        }

        return refusals;
    }

    // A shard has the same nodes in every step.
    private WireTensor<int> Nodes(NodeValue[] values)
    {
        if (_nodes is { } sent && sent.Values.AsSpan().SequenceEqual(values, s_sameNode)) return sent.Nodes;
        var nodes = new int[2 * values.Length];
        for (var i = 0; i < values.Length; i++) (nodes[2 * i], nodes[(2 * i) + 1]) = (values[i].Node.Level, values[i].Node.Index);
        _nodes = ([.. values.Select(value => value with { Value = null })], new WireTensor<int>(nodes));
        return _nodes.Value.Nodes;
    }

    private WireTensor<float> Sums(NodeValue[] values)
    {
        var length = _pool!.Length;
        var sums = arrays.New<float>(values.Length * length);
        for (var i = 0; i < values.Length; i++)
        {
            // Every block of a minibatch has samples, so a router's nodes are all present.
            values[i].Value!.CopyTo(sums, i * length);
            _pool.Return(values[i].Value!);
        }

        return new WireTensor<float>(sums);
    }
}
