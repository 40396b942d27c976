using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Grains.Tests.Experts;

/// <summary>
/// What routers and a coordinator send to one expert in three steps: restore, samples, dispatches (the next step's early), commits that keep
/// the best weights, each of them twice, and a move. Failed calls are repeated; an expert that lost its state begins again.
/// </summary>
/// <param name="lane">The compute lane.</param>
/// <param name="arrays">The expert's arrays.</param>
/// <param name="mode">How samples travel.</param>
/// <param name="expected">The same without a failure; null if this is it.</param>
internal sealed class ExpertScript(ComputeLane lane, FailingArrays arrays, DispatchMode mode, ExpertScript? expected)
{
    private const int Steps = 3;
    private const int BestStep = 1;
    private const int Block = 64;
    private const int Piece = 900;

    // Of four blocks, two ranges have samples for this expert.
    private static readonly (int FirstBlock, int[] BlockStarts)[] s_ranges = [(0, [0, 20, 30]), (3, [0, 25])];

    private static readonly RunSpec s_spec = Specifications.Small("model.experts=2", "data.train=256", "data.test=8", "training.expert.momentum=0.5");
    private static readonly Samples<float> s_train = ClusterData.Generate<float>(s_spec.Data).Train;

    private readonly RunContext _context = new("run", RunSpecJson.Write(s_spec), mode);
    private readonly RunResources _run = new RunStore(lane).Get(new RunContext("run", RunSpecJson.Write(s_spec), mode));
    private TrainingExpert _expert = new(0, "a", lane, arrays);
    private long _generation;

    /// <summary>The weights of each version.</summary>
    public SortedDictionary<long, float[]> Versions { get; } = [];

    public float[] Final { get; private set; } = [];

    public float[] Best { get; private set; } = [];

    /// <summary>How often the expert was restored because it had lost its state.</summary>
    public int Restarts { get; private set; }

    public async Task Run()
    {
        while (!await TryRun()) Restarts++;
    }

    private async Task<bool> TryRun()
    {
        _generation++;
        await Restore(new RestoreRequest(_context, _generation, 0, null, null));
        for (var step = 0; step < Steps; step++)
        {
            foreach (var range in s_ranges) await Dispatch(step, range);
            var early = Dispatch(step + 1, s_ranges[0]);
            if (!await Commit(step)) return false;
            // The reply to the first was lost.
            if (!await Commit(step)) return false;
            await early.WaitAsync(TimeSpan.FromSeconds(20));
            if (step == BestStep) await Move(step + 1);
        }

        (Final, Best) = (await Read(ExpertTensor.Weights), await Read(ExpertTensor.BestWeights));
        return true;
    }

    private async Task Restore(RestoreRequest request)
    {
        var reply = await Repeat(() => _expert.Restore(_run, request));
        reply.Decision.ShouldBeOneOf(RestoreDecision.Restored, RestoreDecision.AlreadyRestored);
        Check(request.Version);
    }

    private async Task Dispatch(int step, (int FirstBlock, int[] BlockStarts) range)
    {
        var count = range.BlockStarts[^1];
        var indexes = Enumerable.Range(0, count).Select(i => (range.FirstBlock * Block) + (2 * i)).ToArray();
        var gates = new WireTensor<float>([.. indexes.Select(i => 1f / (2 + i + step))]);
        var byReference = mode == DispatchMode.Reference ? new WireTensor<int>(indexes) : null;
        var request = new DispatchRequest(step, range.FirstBlock, new(range.BlockStarts), byReference, gates);
        while (true)
        {
            if (byReference is null)
            {
                await Send(0, count / 2);
                await Send(count / 2, count);
            }

            // After a failure the expert may have been lost: the commit reports it.
            if ((await Repeat(() => _expert.Dispatch(request))).Kind != DispatchKind.SamplesMissing) return;
        }

        Task Send(int first, int end) => Repeat(async () =>
        {
            await _expert.ReceiveSamples(new SampleChunk(step, range.FirstBlock, range.BlockStarts.Length - 1, count, first,
                new WireSamples(s_train.Inputs, s_train.Labels, indexes.AsMemory(first..end), s_train.Patches * s_train.Dim)));
            return true;
        });
    }

    /// <summary>False if the expert has lost its state.</summary>
    private async Task<bool> Commit(int step)
    {
        var coverage = s_ranges.Select(range => new CoveredRange(range.FirstBlock, range.BlockStarts.Length - 1, range.BlockStarts[^1]));
        var request = new CommitRequest(_generation, step, [.. coverage], SnapshotBest: step <= BestStep);
        while (true)
        {
            switch ((await Repeat(() => Task.FromResult(_expert.Commit(request)))).Kind)
            {
                case CommitKind.Apply or CommitKind.AlreadyApplied:
                    Check(step + 1);
                    return true;
                case CommitKind.NotRestored:
                    return false;
                case CommitKind.Incomplete:
                    foreach (var range in s_ranges) await Dispatch(step, range);
                    break;
                case var kind:
                    throw new InvalidOperationException($"step {step} was answered {kind}");
            }
        }
    }

    private async Task Move(long version)
    {
        ExpertTensor[] tensors = [ExpertTensor.Weights, ExpertTensor.OptimiserState, ExpertTensor.BestWeights];
        var state = new List<float[]>();
        foreach (var tensor in tensors) state.Add(await Read(tensor));
        _expert = new TrainingExpert(0, "b", lane, arrays);
        foreach (var (tensor, values) in tensors.Zip(state))
        {
            for (var first = 0; first < values.Length; first += Piece)
            {
                var piece = new RestorePiece(_context, _generation, version, tensor, values.Length, first, new(values.AsMemory(first, Math.Min(Piece, values.Length - first))));
                await Repeat(() => Receive(piece));
                // The reply to the first was lost.
                await Repeat(() => Receive(piece));
            }
        }

        var request = new RestoreRequest(_context, _generation, version, null, null, BestStep, null, [.. tensors.Zip(state).Where(array => array.Second.Length > 0).Select(array => array.First)]);
        await Restore(request);
        // The reply to the first was lost.
        await Restore(request);
    }

    private async Task<float[]> Read(ExpertTensor tensor) => (await Repeat(() => Task.FromResult(_expert.Read(tensor)))).Values.Span.ToArray();

    private Task<bool> Receive(RestorePiece piece)
    {
        _expert.ReceiveState(_run, piece);
        return Task.FromResult(true);
    }

    /// <summary>An expert that acknowledges a message has the weights of the run without failures.</summary>
    private void Check(long version)
    {
        var snapshot = arrays.Check(() => _expert.Read(ExpertTensor.Weights));
        var weights = snapshot.Values.Span.ToArray();
        if (expected is null) Versions.TryAdd(version, weights);
        snapshot.Version.ShouldBe(version);
        weights.AsSpan().SequenceEqual((expected ?? this).Versions[version]).ShouldBeTrue($"version {version} was acknowledged with other weights");
    }

    private static async Task<T> Repeat<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (failure is OutOfMemoryException or InvalidOperationException { InnerException: OutOfMemoryException })
            {
                // Only one use fails.
            }
        }
    }
}
