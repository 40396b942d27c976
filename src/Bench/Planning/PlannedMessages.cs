using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Routers;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>Sizes of the messages of a planned step. Messages of the same shape are made once.</summary>
/// <param name="step">The step.</param>
internal sealed class PlannedMessages(PlannedStep step) : IDisposable
{
    // As long as those that TrainingClient gives.
    private static readonly string s_runId = new('0', 21);

    private readonly WireSizes _wire = new(s_runId);
    private readonly RunContext _run = new(s_runId, RunSpecJson.Write(step.Spec), step.Deployment.Dispatch);
    private readonly Dictionary<(int Kind, int Samples, int Shard, int Digits), CallBytes> _known = [];

    // Varints of steps in the middle of the run.
    private readonly long _step = step.Spec.Training.Steps / 2;

    /// <summary>A route and its reply.</summary>
    public CallBytes Route(int shard) => Known(0, step.Shards[shard].Samples, shard, 0, () =>
    {
        var (planned, layout) = (step.Shards[shard], step.Router);
        var dispatches = Enumerable.Range(0, step.Experts).Select(m => (int)Math.Round(planned.Samples * step.Loads[m])).Select(samples => new RoutedDispatch(samples, 1, 1, new DispatchTiming(1, 1, 1)));
        return _wire.Route(
            shard,
            new RouteRequest(_run, _step, planned.Range.Start, planned.Range.Count, Floats(layout.GradientLength), null, Dispatched: layout.Balance == BalanceKind.Switch ? Ints(step.Experts) : null),
            new RouteReply(
                [], Ints(step.Spec.Data.Clusters * step.Experts), planned.Samples, Doubles(planned.Range.Count), Ints(2 * planned.Nodes), Floats(planned.Nodes * layout.Length), 1, 1, [.. dispatches]));
    });

    /// <summary>A commit and its reply.</summary>
    public CallBytes Commit(int expert)
    {
        // Shards that are expected to send the expert nothing are not in the coverage.
        var covered = (int)Math.Round(Enumerable.Range(0, step.Shards.Length).Sum(s => step.Dispatch(s, expert).Probability));
        var samples = (int)Math.Round(step.Samples * step.Loads[expert] / Math.Max(1, covered));
        return Known(1, samples, covered, Digits(expert), () => _wire.Commit(
            expert,
            new CommitRequest(1, _step, [.. step.Shards.Take(covered).Select(shard => new CoveredRange(shard.Range.Start, shard.Range.Count, samples))], false),
            new CommitReply(CommitKind.Apply, _step + 1, [], 1)));
    }

    /// <summary>A dispatch and its reply.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="isRemote">Whether the expert is on another silo than the router.</param>
    public CallBytes Dispatch(int shard, int expert, bool isRemote)
    {
        if (!isRemote) return default;
        var (range, samples) = (step.Shards[shard].Range, (int)Math.Round(step.Dispatch(shard, expert).Samples));
        var byPayload = step.Deployment.Dispatch == DispatchMode.Payload;
        return Known(2, samples, shard, Digits(expert), () => _wire.Dispatch(
            shard,
            expert,
            new DispatchRequest(_step, range.Start, Ints(range.Count + 1), byPayload ? null : Ints(samples), Floats(samples)),
            new DispatchReply(DispatchKind.Done, _step, Floats(samples), Doubles(range.Count), samples, 1, new DispatchTiming(1, 1, 1))));
    }

    /// <summary>The chunks of a dispatch by payload: their number, and the mean bytes of one.</summary>
    public (double Count, CallBytes Bytes) Chunks(int shard, int expert)
    {
        var (range, samples) = (step.Shards[shard].Range, (int)Math.Round(step.Dispatch(shard, expert).Samples));
        var row = sizeof(int) + (sizeof(float) * step.RowLength);
        var most = Math.Max(1, SampleSender.ChunkBytes / row);
        var count = (samples + most - 1) / most;
        if (count == 0) return default;
        var mean = samples / count;
        var bytes = Known(3, mean, shard, Digits(expert), () => _wire.Samples(
            shard, expert, new SampleChunk(_step, range.Start, range.Count, samples, samples / 2, new WireSamples(new float[step.RowLength], new int[1], new int[mean], step.RowLength))));
        // The rest of the division is in some of the chunks.
        return (count, bytes with { Request = bytes.Request + (row * (samples - (mean * count)) / count) });
    }

    public void Dispose() => _wire.Dispose();

    private static int Digits(int index) => index < 10 ? 1 : index < 100 ? 2 : index < 1000 ? 3 : 4;

    private static WireTensor<float> Floats(int length) => new(new float[length]);

    private static WireTensor<double> Doubles(int length) => new(new double[length]);

    private static WireTensor<int> Ints(int length) => new(new int[length]);

    private CallBytes Known(int kind, int samples, int shard, int digits, Func<CallBytes> make)
    {
        var key = (kind, samples, shard, digits);
        return _known.TryGetValue(key, out var bytes) ? bytes : _known[key] = make();
    }
}
