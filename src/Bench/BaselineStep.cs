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
/// A training step by the kernels alone: no actors, no messages, plain threads and arrays made once. The yardstick for the step
/// with actors, to the same bits; or, with <paramref name="ordered"/> off, each thread sums into arrays of its own, for what the
/// agreed order costs.
/// </summary>
/// <param name="spec">The specification.</param>
/// <param name="data">The samples.</param>
/// <param name="threads">Number of threads.</param>
/// <param name="ordered">Whether sums follow the reduction tree.</param>
internal sealed class BareStep(RunSpec spec, Dataset<float> data, int threads, bool ordered = true) : IDisposable
{
    private const int RoutePiece = 1024;
    private const int SmallPiece = 256;

    private readonly BareTeam _team = new(threads);
    private readonly Samples<float> _train = data.Train;
    private readonly MinibatchOrder _order = new(spec.Training, data.Train.Count);
    private readonly RouterGradientLayout _layout = RouterGradientLayout.Of(spec, data.Train.Dim);
    private readonly RouterNoise<float> _noise = new(spec.Routing, spec.Training.Seed);
    private readonly IExpert<float>[] _experts = [.. Enumerable.Range(0, threads).Select(_ => ExpertKinds.Create<float>(spec.Model, data.Train.Dim, data.Train.Patches))];
    private readonly List<Piece> _pieces = [];
    private readonly List<int> _largestFirst = [];
    private readonly int[] _firstPiece = new int[spec.Model.Experts + 1];
    private readonly float[][][] _mine = [.. Enumerable.Range(0, threads).Select(_ => new float[spec.Model.Experts][])];
    private readonly Stack<float[]> _gradients = new();
    private readonly Stack<float[]> _routerSums = new();
    private readonly float[][] _scratch = new float[threads][];
    private readonly float[]?[] _roots = new float[]?[spec.Model.Experts + 1];
    private readonly float[][] _states = [.. Enumerable.Range(0, spec.Model.Experts).Select(_ => new float[Optimiser.StateLength(spec.Training.Expert, ExpertKinds.Parameters(spec.Model, data.Train.Dim, data.Train.Patches).Length)])];
    private readonly float[] _routerState = new float[Optimiser.StateLength(spec.Training.Router, RouterGradientLayout.Of(spec, data.Train.Dim).GradientLength)];
    private RoutedSamples<float>? _routed;
    private Comparison<int>? _bySize;
    private DispatchBuffers<float>? _buffers;
    private float[] _gateGradients = [];
    private float[] _dispatchGates = [];
    private LeafOutcome[] _outcomes = [];

    /// <summary>The weights, updated by each step.</summary>
    public MixtureWeights<float> Weights { get; } = InitialWeights.Draw<float>(spec, data.Train.Dim, data.Train.Patches);

    /// <summary>Mean loss of the last step.</summary>
    public double Loss { get; private set; }

    /// <summary>Samples that the last step classified rightly.</summary>
    public int Hits { get; private set; }

    /// <summary>Where the last step's samples went.</summary>
    public DispatchCounts Counts { get; private set; } = new(data.Train.Clusters, spec.Model.Experts);

    /// <summary>Does one step.</summary>
    /// <param name="step">The step, from 0.</param>
    public void Do(long step)
    {
        var (block, samples) = (spec.Training.Block, _order.Size(step));
        var range = new BlockRange(0, ShardCut.Blocks(samples, block));
        var root = new TreeNode(ReductionTree.RootLevel(range.Count), 0);
        var routed = Route(step, samples, range);
        var dispatches = DispatchGrouping.Group(routed, range, block, _buffers);
        Counts = new DispatchCounts(_train.Clusters, spec.Model.Experts);
        Counts.Count(_train.Cluster, routed.Indexes, routed.Expert);
        Compute(dispatches, range, root);
        Answer(dispatches, range);
        Sum(routed, range, root, samples);
        Update(step, samples);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private RoutedSamples<float> Route(long step, int samples, BlockRange range)
    {
        if (_routed is not { } routed || routed.Count != samples)
        {
            _routed = routed = new RoutedSamples<float>(spec.Routing, samples, spec.Model.Experts);
            _buffers = new DispatchBuffers<float>(samples, spec.Model.Experts, range.Count);
            (_gateGradients, _dispatchGates) = (new float[samples], new float[samples]);
            _outcomes = new LeafOutcome[spec.Model.Experts * range.Count];
        }

        _order.Fill(step, 0, routed.Indexes);
        var scores = new RouterScores<float>(Weights.Router, spec.Model.Experts);
        _team.Do(ShardCut.Blocks(samples, RoutePiece), (_, piece) =>
        {
            var first = piece * RoutePiece;
            new NoisyTopOne<float>(spec.Routing, scores, _noise).Route(RoutePurpose.Train, step, _train.PatchSums, routed, first, Math.Min(RoutePiece, samples - first));
        });
        return routed;
    }

    /// <summary>Partial gradients of subtrees, the largest first.</summary>
    private void Compute(ExpertDispatch<float>[] dispatches, BlockRange range, TreeNode root)
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
        if (!ordered) ClearMine();
        _team.Do(_pieces.Count, (thread, i) =>
        {
            var piece = _pieces[_largestFirst[i]];
            var (m, dispatch) = (piece.Expert, dispatches[piece.Expert]);
            var (starts, gateGradients, outcomes) = (dispatch.BlockStarts, _dispatchGates.AsMemory(piece.FirstGate, dispatch.Count), _outcomes.AsMemory(m * range.Count, range.Count));
            var (start, end) = (starts.Span[piece.Node.Start], starts.Span[Math.Min(piece.Node.End, range.Count)]);
            if (!ordered)
            {
                // All of the piece's samples in one chain, onto what this thread has.
                var samples = new LeafSamples<float>(_train.Inputs.Span, _train.Labels, dispatch.Indexes.Span[start..end], dispatch.Gates.Span[start..end]) { Upcoming = dispatch.Indexes.Span[end..] };
                outcomes.Span[piece.Node.Start] = _experts[thread].Accumulate(Weights.Experts[m], samples, _mine[thread][m], gateGradients.Span[start..end]);
                return;
            }

            var leaf = new ExpertLeaf<float>(
                _experts[thread], Weights.Experts[m], _train.Inputs.Span, _train.Labels, 0, starts.Span, dispatch.Indexes.Span, dispatch.Gates.Span[..end], gateGradients.Span, outcomes.Span);
            ReductionTree.Evaluate(piece.Node, range.Count, ref leaf, piece.Sum, Scratch(thread, piece.Node, piece.Sum.Length));
        });
    }

    private void ClearMine()
    {
        foreach (var sums in _mine)
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

    private void Answer(ExpertDispatch<float>[] dispatches, BlockRange range)
    {
        var (losses, first) = (new double[range.Count], 0);
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

    /// <summary>The router's gradient, and the experts' pieces joined to their roots.</summary>
    private void Sum(RoutedSamples<float> routed, BlockRange range, TreeNode root, int samples)
    {
        var level = Math.Max(0, root.Level - 4);
        var parts = ShardCut.Blocks(range.Count, 1 << level);
        var sums = new float[parts][];
        for (var i = 0; i < parts; i++) sums[i] = Rent(_routerSums, _layout.Length);
        _team.Do(parts + spec.Model.Experts, (thread, i) =>
        {
            if (i >= parts)
            {
                _roots[i - parts] = ordered ? Join(_firstPiece[i - parts], _firstPiece[i - parts + 1], root) : JoinMine(i - parts);
                return;
            }

            if (ordered)
            {
                var leaf = new RouterLeaf<float>(_layout, routed, _gateGradients, _train.PatchSums, range, spec.Training.Block);
                var node = new TreeNode(level, i);
                ReductionTree.Evaluate(node, range.Count, ref leaf, sums[i], Scratch(thread, node, sums[i].Length));
            }
            else
            {
                new RouterLeaf<float>(_layout, routed, _gateGradients, _train.PatchSums, new BlockRange(0, parts), spec.Training.Block << level).TryFill(i, sums[i]);
            }
        });
        for (var i = 0; i < _pieces.Count; i++) _gradients.Push(_pieces[i].Sum);
        for (; parts > 1; parts = (parts + 1) / 2)
        {
            for (var i = 0; i + 1 < parts; i += 2) ReductionTree.Add<float>(sums[i], sums[i + 1]);
            for (var i = 1; 2 * i < parts; i++) (sums[i], sums[2 * i]) = (sums[2 * i], sums[i]);
        }

        _roots[^1] = sums[0];
        foreach (var sum in sums) _routerSums.Push(sum);
        Loss = (Loss / samples) + RouterStep.AddLoadBalance<float>(spec.Routing.LoadBalance, _layout, Counts, samples, sums[0]);
    }

    // Pieces are subtrees without overlap, in ascending order: two that are siblings make their parent.
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

    private float[] JoinMine(int expert)
    {
        for (var thread = 1; thread < threads; thread++) ReductionTree.Add<float>(_mine[0][expert], _mine[thread][expert]);
        return _mine[0][expert];
    }

    private void Update(long step, int samples)
    {
        RouterStep.Update<float>(spec.Training.Router, _layout, samples, step, _roots[^1]!, Weights.Router, _routerState);
        _team.Do(spec.Model.Experts, (_, m) =>
        {
            var gradient = _roots[m] ?? new float[_experts[0].Parameters.Length];
            Optimiser.Apply<float>(spec.Training.Expert, _experts[0].Parameters, samples, step, gradient, Weights.Experts[m], _states[m]);
        });
    }

    private Span<float> Scratch(int thread, TreeNode node, int sum)
    {
        var length = ReductionTree.ScratchLength<float>(node, sum);
        if (_scratch[thread] is not { } scratch || scratch.Length < length) _scratch[thread] = scratch = new float[length];
        return scratch.AsSpan(0, length);
    }

    private static float[] Rent(Stack<float[]> free, int length) => free.TryPop(out var array) ? array : new float[length];

    private readonly record struct Piece(int Expert, TreeNode Node, int Samples, int FirstGate, float[] Sum);
}
