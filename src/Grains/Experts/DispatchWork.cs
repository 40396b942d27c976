using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Experts;

/// <summary>Forward, loss and backward of one dispatch on the compute lane; its expert reuses it for the next one.</summary>
/// <param name="tree">Evaluates the partial gradients; used by this work alone.</param>
internal sealed class DispatchWork(LaneTree tree) : ITreeWork
{
    private RunResources? _run;
    private DispatchRequest? _request;
    private DispatchedSamples _samples;
    private float[] _weights = [];
    private float[] _gateGradients = [];
    private BlockResult[] _outcomes = [];
    private int _blocks;
    private BlockRange _range;
    private IReadOnlyList<TreeNode> _nodes = [];

    /// <summary>The blocks that were computed last.</summary>
    public BlockRange Range => _range;

    /// <summary>Starts to compute.</summary>
    /// <param name="run">The run.</param>
    /// <param name="weights">The expert's weights.</param>
    /// <param name="request">What was dispatched.</param>
    /// <param name="samples">Its samples.</param>
    /// <param name="blocks">Blocks of the minibatch.</param>
    /// <param name="gateGradients">Receives d loss / d gate of each sample; may be longer.</param>
    /// <returns>Ends with the lane time taken.</returns>
    public ValueTask<TimeSpan> Start(RunResources run, float[] weights, DispatchRequest request, in DispatchedSamples samples, int blocks, float[] gateGradients)
    {
        if (_range != request.Range || _blocks != blocks) (_range, _blocks, _nodes) = (request.Range, blocks, ReductionTree.Cover(request.Range, blocks));
        (_run, _weights, _request, _samples, _gateGradients) = (run, weights, request, samples, gateGradients);
        if (_outcomes.Length != _range.Count) _outcomes = new BlockResult[_range.Count];
        Array.Clear(_outcomes);
        return tree.Start(_nodes, this);
    }

    /// <summary>The partial gradients of the shard's canonical nodes, in arrays of the pool.</summary>
    public NodeValue[] Join() => tree.Join();

    /// <summary>The reply to the router.</summary>
    /// <param name="version">The expert's version.</param>
    /// <param name="busy">Lane time taken.</param>
    /// <param name="commitWait">How long the dispatch waited for the commit of the step before.</param>
    /// <param name="losses">Receives the loss of each block; may be longer.</param>
    public DispatchReply Reply(long version, TimeSpan busy, TimeSpan commitWait, double[] losses)
    {
        var hits = 0;
        for (var b = 0; b < _outcomes.Length; b++) (losses[b], hits) = (_outcomes[b].Loss, hits + _outcomes[b].Hits);
        var gates = new WireTensor<float>(_gateGradients.AsMemory(0, _request!.Gates.Length));
        var (queue, compute) = tree.Times;
        var timing = new DispatchTiming((float)commitWait.TotalMilliseconds, (float)queue.TotalMilliseconds, (float)compute.TotalMilliseconds);
        return new DispatchReply(DispatchKind.Done, version, gates, new WireTensor<double>(losses.AsMemory(0, _outcomes.Length)), hits, busy.TotalMilliseconds, timing);
    }

    /// <inheritdoc/>
    public int Samples(TreeNode node) => FirstSample(node.End) - FirstSample(node.Start);

    /// <inheritdoc/>
    public bool Evaluate(LaneScratch scratch, TreeNode node, Span<float> result)
    {
        var (spec, request) = (_run!.Spec, _request!);
        var leaf = new ExpertBlock<float>(
            scratch.Expert(spec.Model, spec.Data.Dim, spec.Data.Patches), _weights,
            new(_samples.Inputs.Span, _samples.Labels.Span, _samples.Indexes.Span, request.Gates.Span[..FirstSample(node.End)]),
            _range.Start, request.BlockStarts.Span, _gateGradients.AsSpan(0, request.Gates.Length), _outcomes)
        {
            Cancelled = _run.Released,
        };
        var isPresent = ReductionTree.Evaluate(node, _blocks, ref leaf, result, scratch.Floats(ReductionTree.ScratchLength<float>(node, result.Length)));
        _run!.Work.Add(request.Step, Samples(node));
        return isPresent;
    }

    // Offset of a block's first sample; past the range, the number of samples.
    private int FirstSample(int block) => _request!.BlockStarts.Span[Math.Min(block - _range.Start, _range.Count)];
}
