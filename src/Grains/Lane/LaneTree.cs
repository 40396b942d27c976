using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Lane;

/// <summary>
/// Evaluates canonical nodes of the reduction tree on the compute lane: each node is split into aligned subtrees of about
/// equal work, which the lane's threads take in any order; their values are then added upwards in tree order. So experts
/// of unequal load share the cores well, and the bits do not depend on the split. One evaluation at a time: <see cref="Start"/>, then
/// <see cref="Join"/> once it has ended.
/// </summary>
/// <param name="lane">The compute lane.</param>
/// <param name="pool">Arrays for the values of nodes, of one grain's turn-based context.</param>
internal sealed class LaneTree(ComputeLane lane, FloatPool pool)
{
    /// <summary>Pieces for each thread, so that the last ones even out.</summary>
    private const int PiecesPerThread = 8;

    /// <summary>Smallest piece in samples: about fifty microseconds of a patch CNN.</summary>
    private const int SmallPiece = 256;

    private readonly List<Piece> _pieces = [];
    private IReadOnlyList<TreeNode> _nodes = [];
    private ITreeWork? _work;
    private LaneBatch? _batch;
    private int[] _costs = [];
    private bool[] _present = [];
    private int _joined;

    /// <summary>Starts to evaluate nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="work">Evaluates subtrees.</param>
    /// <returns>Ends when all is evaluated, with the lane time taken.</returns>
    public ValueTask<TimeSpan> Start(IReadOnlyList<TreeNode> nodes, ITreeWork work)
    {
        (_nodes, _work, _joined) = (nodes, work, 0);
        _pieces.Clear();
        var total = 0;
        for (var i = 0; i < nodes.Count; i++) total += work.Samples(nodes[i]);
        // Each piece has an array: this bounds their number for any number of samples.
        var largest = Math.Max(SmallPiece, total / (PiecesPerThread * lane.Threads));
        for (var i = 0; i < nodes.Count; i++) Split(nodes[i], largest);
        if (_costs.Length < _pieces.Count) (_costs, _present) = (new int[_pieces.Count], new bool[_pieces.Count]);
        for (var i = 0; i < _pieces.Count; i++) _costs[i] = _pieces[i].Samples;
        return lane.Run(_costs.AsSpan(0, _pieces.Count), _batch ??= new LaneBatch(Execute));
    }

    /// <summary>How long the first piece of the last evaluation waited, and how long the evaluation took from then on.</summary>
    public (TimeSpan Queue, TimeSpan Compute) Times => _pieces.Count == 0 ? default : _batch!.Times(lane.Time);

    /// <summary>Joins the pieces: a value for each node, in arrays of the pool.</summary>
    public NodeValue[] Join()
    {
        var results = new NodeValue[_nodes.Count];
        for (var i = 0; i < results.Length; i++) results[i] = new NodeValue(_nodes[i], JoinBelow(_nodes[i]));
        return results;
    }

    private void Execute(LaneScratch scratch, int piece) => _present[piece] = _work!.Evaluate(scratch, _pieces[piece].Node, _pieces[piece].Value);

    // Split visits nodes in the same order, so pieces are joined in the order they were split.
    private float[]? JoinBelow(TreeNode node)
    {
        if (_work!.Samples(node) == 0) return null;
        if (_joined < _pieces.Count && _pieces[_joined].Node == node)
        {
            var value = _pieces[_joined].Value;
            if (_present[_joined++]) return value;
            pool.Return(value);
            return null;
        }

        var left = JoinBelow(node.Left);
        var right = JoinBelow(node.Right);
        if (left is null || right is null) return left ?? right;
        ReductionTree.Add<float>(left, right);
        pool.Return(right);
        return left;
    }

    private void Split(TreeNode node, int largest)
    {
        var count = _work!.Samples(node);
        if (count == 0) return;
        if (count <= largest || node.Level == 0)
        {
            _pieces.Add(new Piece(node, count, pool.Rent()));
            return;
        }

        Split(node.Left, largest);
        Split(node.Right, largest);
    }

    private readonly record struct Piece(TreeNode Node, int Samples, float[] Value);
}
