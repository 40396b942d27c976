using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Bench;

/// <summary>
/// A training step by the bare kernels: no actors, no messages, plain threads, arrays allocated once. It gives the bits of the step
/// with actors, whose overhead is measured against it. With <paramref name="ordered"/> off, each thread sums into its own arrays in any
/// order, which shows what the fixed order costs.
/// </summary>
internal sealed class BaselineStep(RunSpec spec, Dataset<float> data, int threads, bool ordered = true) : IDisposable
{
    private const int RoutePiece = 1024;
    private const int SmallPiece = 256;

    private readonly ThreadTeam _team = new(threads);
    private readonly Samples<float> _train = data.Train;
    private readonly MinibatchOrder _order = new(spec.Training, data.Train.Count);
    private readonly RouterGradientLayout _layout = RouterGradientLayout.Of(spec, data.Train.Dim);
    private readonly RouterNoise<float> _noise = new(spec.Routing, spec.Training.Seed);
    private readonly IExpert<float>[] _experts = [.. Enumerable.Range(0, threads).Select(_ => ExpertKinds.Create<float>(spec.Model, data.Train.Dim, data.Train.Patches))];
    private readonly List<Piece> _pieces = [];
    private readonly List<int> _largestFirst = [];
    private readonly int[] _firstPiece = new int[spec.Model.Experts + 1];
    private readonly float[][][] _threadSums = [.. Enumerable.Range(0, threads).Select(_ => new float[spec.Model.Experts][])];
    private readonly Stack<float[]> _gradients = new();
    private readonly Stack<float[]> _routerSums = new();
    private readonly float[][] _scratch = new float[threads][];
    private readonly float[]?[] _gradientSums = new float[]?[spec.Model.Experts + 1];
    private readonly float[][] _states = [.. Enumerable.Range(0, spec.Model.Experts).Select(_ => new float[Optimiser.StateLength(spec.Training.Expert, ExpertKinds.Parameters(spec.Model, data.Train.Dim, data.Train.Patches).Length)])];
    private int[] _dispatched = [];
    private readonly float[] _routerState = new float[Optimiser.StateLength(spec.Training.Router, RouterGradientLayout.Of(spec, data.Train.Dim).GradientLength)];
    private RoutedSamples<float>? _routed;
    private Comparison<int>? _bySize;
    private DispatchBuffers<float>? _buffers;
    private float[] _gateGradients = [];
    private float[] _dispatchGates = [];
    private BlockResult[] _outcomes = [];

    public MixtureWeights<float> Weights { get; } = InitialWeights.Draw<float>(spec, data.Train.Dim, data.Train.Patches);

    /// <summary>Mean loss of the last step.</summary>
    public double Loss { get; private set; }

    /// <summary>Samples that the last step classified correctly.</summary>
    public int Hits { get; private set; }

    /// <summary>The last step's samples by cluster and expert.</summary>
    public DispatchCounts Counts { get; private set; } = new(data.Train.Clusters, spec.Model.Experts);

    /// <param name="step">The step, from 0.</param>
    public void Run(long step)
    {
        var block = spec.Training.Block;
        var samples = _order.Size(step);
        var range = new BlockRange(0, ShardCut.Blocks(samples, block));
        var root = new TreeNode(ReductionTree.RootLevel(range.Count), 0);
        var routed = Route(step, samples, range);
        var dispatches = DispatchGrouping.Group(routed, range, block, _buffers);
        Counts = new DispatchCounts(_train.Clusters, spec.Model.Experts);
        Counts.Count(_train.Cluster, routed.Indexes, routed.Expert);
        TrainExperts(dispatches, range, root);
        ScatterGateGradients(dispatches, range);
        SumGradients(routed, range, root, samples);
        UpdateWeights(step, samples);
    }

    public void Dispose() => _team.Dispose();

    private RoutedSamples<float> Route(long step, int samples, BlockRange range)
    {
        if (_routed is not { } routed || routed.Count != samples)
        {
            _routed = routed = new RoutedSamples<float>(spec.Routing, samples, spec.Model.Experts);
            _buffers = new DispatchBuffers<float>(samples, spec.Model.Experts, range.Count);
            _gateGradients = new float[samples];
            _dispatchGates = new float[samples];
            _outcomes = new BlockResult[spec.Model.Experts * range.Count];
        }

        _order.Fill(step, 0, routed.Indexes);
        var scores = new RouterScores<float>(Weights.Router, spec.Model.Experts);
        _team.Run(ShardCut.Blocks(samples, RoutePiece), (_, piece) =>
        {
            var first = piece * RoutePiece;
            new NoisyTopOne<float>(spec.Routing, scores, _noise).Route(RoutePurpose.Train, step, _train.PatchSums, routed, first, Math.Min(RoutePiece, samples - first));
        });
        return routed;
    }

    /// <summary>Computes the gradients of subtrees, the largest first, so that threads finish at about the same time.</summary>
    private void TrainExperts(ExpertDispatch<float>[] dispatches, BlockRange range, TreeNode root)
    {
        _pieces.Clear();
        _largestFirst.Clear();
        Array.Clear(_outcomes);
        var gates = 0;
        for (var m = 0; m < dispatches.Length; m++)
        {
            _firstPiece[m] = _pieces.Count;
            Split(dispatches[m], m, root, Math.Max(SmallPiece, dispatches[m].Count / (8 * threads)), gates, range.Count);
            gates += dispatches[m].Count;
        }

        _firstPiece[^1] = _pieces.Count;
        for (var i = 0; i < _pieces.Count; i++) _largestFirst.Add(i);
        _largestFirst.Sort(_bySize ??= (a, b) => _pieces[a].Samples != _pieces[b].Samples ? _pieces[b].Samples.CompareTo(_pieces[a].Samples) : a.CompareTo(b));
        if (!ordered) ClearThreadSums();
        _team.Run(_pieces.Count, (thread, i) =>
        {
            var piece = _pieces[_largestFirst[i]];
            var m = piece.Expert;
            var dispatch = dispatches[piece.Expert];
            var starts = dispatch.BlockStarts;
            var gateGradients = _dispatchGates.AsMemory(piece.FirstGate, dispatch.Count);
            var outcomes = _outcomes.AsMemory(m * range.Count, range.Count);
            var start = starts.Span[piece.Node.Start];
            var end = starts.Span[Math.Min(piece.Node.End, range.Count)];
            if (!ordered)
            {
                // One chain over all samples of the piece, added to this thread's sum.
                var samples = new BlockSamples<float>(_train.Inputs.Span, _train.Labels, dispatch.Indexes.Span[start..end], dispatch.Gates.Span[start..end]);
                outcomes.Span[piece.Node.Start] = _experts[thread].Accumulate(Weights.Experts[m], samples, _threadSums[thread][m], gateGradients.Span[start..end]);
                return;
            }

            var leaf = new ExpertBlock<float>(
                _experts[thread], Weights.Experts[m], new(_train.Inputs.Span, _train.Labels, dispatch.Indexes.Span, dispatch.Gates.Span[..end]),
                0, starts.Span, gateGradients.Span, outcomes.Span);
            ReductionTree.Evaluate(piece.Node, range.Count, ref leaf, piece.Sum, Scratch(thread, piece.Node, piece.Sum.Length));
        });
    }

    private void ClearThreadSums()
    {
        foreach (var sums in _threadSums)
        {
            for (var m = 0; m < sums.Length; m++)
            {
                sums[m] ??= new float[_experts[0].Parameters.Length];
                Array.Clear(sums[m]);
            }
        }
    }

    private void Split(ExpertDispatch<float> dispatch, int expert, TreeNode node, int largest, int firstGate, int blocks)
    {
        var starts = dispatch.BlockStarts.Span;
        var samples = starts[Math.Min(node.End, blocks)] - starts[Math.Min(node.Start, blocks)];
        if (samples == 0) return;
        if (samples <= largest || node.Level == 0)
        {
            _pieces.Add(new Piece(expert, node, samples, firstGate, Rent(_gradients, _experts[0].Parameters.Length)));
            return;
        }

        Split(dispatch, expert, node.Left, largest, firstGate, blocks);
        Split(dispatch, expert, node.Right, largest, firstGate, blocks);
    }

    private void ScatterGateGradients(ExpertDispatch<float>[] dispatches, BlockRange range)
    {
        var losses = new double[range.Count];
        var first = 0;
        Hits = 0;
        for (var m = 0; m < dispatches.Length; m++)
        {
            var positions = dispatches[m].Positions.Span;
            for (var i = 0; i < positions.Length; i++) _gateGradients[positions[i]] = _dispatchGates[first + i];
            first += positions.Length;
            for (var b = 0; b < range.Count; b++)
            {
                var outcome = _outcomes[(m * range.Count) + b];
                losses[b] += outcome.Loss;
                Hits += outcome.Hits;
            }
        }

        Loss = BlockLosses.Sum(losses);
    }

    /// <summary>Sums the router's gradient, and joins each expert's pieces to one gradient.</summary>
    private void SumGradients(RoutedSamples<float> routed, BlockRange range, TreeNode root, int samples)
    {
        var level = Math.Max(0, root.Level - 4);
        var parts = ShardCut.Blocks(range.Count, 1 << level);
        var sums = new float[parts][];
        var slopes = SwitchBalance.Slopes(spec.Routing, spec.Model.Experts, _dispatched);
        for (var i = 0; i < parts; i++) sums[i] = Rent(_routerSums, _layout.Length);
        _team.Run(parts + spec.Model.Experts, (thread, i) =>
        {
            if (i >= parts)
            {
                _gradientSums[i - parts] = ordered ? Join(_firstPiece[i - parts], _firstPiece[i - parts + 1], root) : JoinThreadSums(i - parts);
                return;
            }

            if (ordered)
            {
                var leaf = new RouterLeaf<float>(_layout, routed, _gateGradients, _train.PatchSums, range, spec.Training.Block) { BalanceSlopes = slopes };
                var node = new TreeNode(level, i);
                ReductionTree.Evaluate(node, range.Count, ref leaf, sums[i], Scratch(thread, node, sums[i].Length));
            }
            else
            {
                new RouterLeaf<float>(_layout, routed, _gateGradients, _train.PatchSums, new BlockRange(0, parts), spec.Training.Block << level) { BalanceSlopes = slopes }.TryFill(new TreeNode(0, i), sums[i]);
            }
        });
        for (var i = 0; i < _pieces.Count; i++) _gradients.Push(_pieces[i].Sum);
        for (; parts > 1; parts = (parts + 1) / 2)
        {
            for (var i = 0; i + 1 < parts; i += 2) ReductionTree.Add<float>(sums[i], sums[i + 1]);
            for (var i = 1; 2 * i < parts; i++) (sums[i], sums[2 * i]) = (sums[2 * i], sums[i]);
        }

        _gradientSums[^1] = sums[0];
        foreach (var sum in sums) _routerSums.Push(sum);
        Loss = (Loss / samples) + RouterStep.AddLoadBalance<float>(spec.Routing.LoadBalance, _layout, Counts, slopes, samples, sums[0]);
        _dispatched = Counts.OfExperts();
    }

    // Pieces are disjoint subtrees in ascending order. The sum of two siblings is their parent.
    private float[]? Join(int first, int end, TreeNode root)
    {
        var next = first;
        return Below(root);

        float[]? Below(TreeNode node)
        {
            if (next == end || _pieces[next].Node.Start >= node.End) return null;
            if (_pieces[next].Node == node) return _pieces[next++].Sum;
            var left = Below(node.Left);
            var right = Below(node.Right);
            if (left is not null && right is not null) ReductionTree.Add<float>(left, right);
            return left ?? right;
        }
    }

    private float[] JoinThreadSums(int expert)
    {
        for (var thread = 1; thread < threads; thread++) ReductionTree.Add<float>(_threadSums[0][expert], _threadSums[thread][expert]);
        return _threadSums[0][expert];
    }

    private void UpdateWeights(long step, int samples)
    {
        RouterStep.Update<float>(spec.Training, _layout, samples, step, _gradientSums[^1]!, Weights.Router, _routerState);
        _team.Run(spec.Model.Experts, (_, m) =>
        {
            var gradient = _gradientSums[m] ?? new float[_experts[0].Parameters.Length];
            Optimiser.Apply<float>(LearningRate.At(spec.Training.Expert, spec.Training, step), _experts[0].Parameters, samples, step, gradient, Weights.Experts[m], _states[m]);
        });
    }

    private Span<float> Scratch(int thread, TreeNode node, int sumLength)
    {
        var length = ReductionTree.ScratchLength<float>(node, sumLength);
        if (_scratch[thread] is not { } scratch || scratch.Length < length) _scratch[thread] = scratch = new float[length];
        return scratch.AsSpan(0, length);
    }

    private static float[] Rent(Stack<float[]> free, int length) => free.TryPop(out var array) ? array : new float[length];

    private readonly record struct Piece(int Expert, TreeNode Node, int Samples, int FirstGate, float[] Sum);
}
