using System.Globalization;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Bench;

/// <summary>A kernel that <see cref="KernelBench"/> measures.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="Operations">Floating point operations of one call; 0 if arithmetic does not decide its time.</param>
/// <param name="Bytes">Bytes that one call moves; 0 if memory does not decide its time.</param>
/// <param name="Work">One call.</param>
internal sealed record Kernel(string Name, int Experts, double Operations, double Bytes, Action Work);

/// <summary>The kernels of a training step, each on one thread over the samples of a whole minibatch.</summary>
internal sealed class StepKernels
{
    public const string Experts = "expert forward, loss, backward";
    public const string Routing = "routing: scores, noise, argmax, gate";
    public const string Grouping = "grouping by expert";
    public const string RouterGradient = "router gradient";
    public const string OptimiserStep = "optimiser";

    /// <summary>Elements that one measurement of an addition adds, about: 1,000 times the gradient of an expert of setting 1.</summary>
    private const int Added = 816_000;

    /// <summary>The experts' kernel takes minibatches in turn, so that no cache holds a minibatch's samples.</summary>
    private const int Minibatches = 8;

    private readonly RunSpec _spec;
    private readonly Samples<float> _train;
    private readonly WireRoundTrip _wire;
    private readonly int _experts;
    private readonly int _samples;
    private readonly BlockRange _range;
    private readonly TreeNode _root;
    private readonly MixtureWeights<float> _weights;
    private readonly RouterScores<float> _scores;
    private readonly RouterNoise<float> _noise;
    private readonly RoutedSamples<float> _routed;
    private readonly NoisyTopOne<float> _router;
    private readonly List<ExpertDispatch<float>[]> _minibatches = [];
    private readonly DispatchBuffers<float> _buffers;
    private readonly IExpert<float> _expert;
    private readonly float[] _gradient;
    private readonly float[] _gateGradients;
    private readonly BlockResult[] _outcomes;
    private readonly RouterGradientLayout _layout;
    private readonly float[] _routerSums;
    private readonly float[] _scratch;
    private readonly float[] _optimiserState;
    private readonly double[] _balanceSlopes;
    private readonly float[] _left;
    private readonly float[] _right;
    private readonly float[] _groupScores;
    private readonly float[] _argmaxNoise;
    private readonly float[] _gateNoise;
    private int _next;

    /// <summary>Draws weights, routes the minibatches, and makes the kernels' buffers.</summary>
    public StepKernels(RunSpec spec, Dataset<float> data, WireRoundTrip wire)
    {
        _spec = spec;
        _train = data.Train;
        _wire = wire;
        _experts = spec.Model.Experts;
        var order = new MinibatchOrder(spec.Training, _train.Count);
        _samples = order.Size(0);
        _range = new BlockRange(0, ShardCut.Blocks(_samples, spec.Training.Block));
        _root = new TreeNode(ReductionTree.RootLevel(_range.Count), 0);
        _weights = InitialWeights.Draw<float>(spec, _train.Dim, _train.Patches);
        _scores = new RouterScores<float>(_weights.Router, _experts);
        _noise = new RouterNoise<float>(spec.Routing, spec.Training.Seed);
        _routed = new RoutedSamples<float>(spec.Routing, _samples, _experts);
        _router = new NoisyTopOne<float>(spec.Routing, _scores, _noise);
        for (var step = Math.Min(Minibatches, _train.Count / _samples) - 1; step >= 0; step--)
        {
            order.Fill(step, 0, _routed.Indexes);
            Route();
            _minibatches.Add(DispatchGrouping.Group(_routed, _range, spec.Training.Block));
        }

        _buffers = new DispatchBuffers<float>(_routed.Count, _experts, _range.Count);
        _expert = ExpertKinds.Create<float>(spec.Model, _train.Dim, _train.Patches);
        _gradient = new float[_expert.Parameters.Length];
        _gateGradients = new float[_routed.Count];
        _outcomes = new BlockResult[_range.Count];
        _layout = RouterGradientLayout.Of(spec, _train.Dim);
        _routerSums = new float[_layout.Length];
        _scratch = new float[ReductionTree.ScratchLength<float>(_root, Math.Max(_gradient.Length, _routerSums.Length))];
        _balanceSlopes = SwitchBalance.Slopes(spec.Routing, _experts, []);
        _optimiserState = new float[Optimiser.StateLength(spec.Training.Expert, _gradient.Length)];
        _left = new float[_gradient.Length];
        _right = new float[_gradient.Length];
        _groupScores = new float[RouterScores<float>.Group * _scores.Stride];
        _argmaxNoise = new float[RouterScores<float>.Group * _experts];
        _gateNoise = new float[RouterScores<float>.Group * _experts];
    }

    /// <summary>The kernels in the order of a step.</summary>
    public IEnumerable<Kernel> All
    {
        get
        {
            var samples = (double)_samples;
            var additions = Math.Max(1, Added / _left.Length);
            var ofExpert = samples * ExpertKinds.Of(_spec.Model).OperationsPerSample(_spec.Model, _train.Dim, _train.Patches);
            var ofScores = samples * 2 * _train.Dim * _experts;
            var ofRouterGradient = samples * 2 * _train.Dim;
            var gradientBytes = (double)_gradient.Length * sizeof(float);
            var addition = $"addition of two tree nodes, {additions.ToString("N0", CultureInfo.InvariantCulture)} times";
            return
            [
                new Kernel(Experts, _experts, ofExpert, 0, TrainExperts),
                new Kernel(Routing, _experts, ofScores, 0, Route),
                new Kernel("router scores alone", _experts, ofScores, 0, Score),
                new Kernel("router noise alone", _experts, 0, samples * _experts * sizeof(float), DrawNoise),
                new Kernel(Grouping, _experts, 0, samples * 6 * sizeof(int), GroupByExpert),
                new Kernel(RouterGradient, _experts, ofRouterGradient, 0, SumRouterGradient),
                new Kernel(OptimiserStep, _experts, 0, _experts * 3 * gradientBytes, UpdateWeights),
                new Kernel(addition, _experts, 0, additions * 3 * gradientBytes, () => Add(additions)),
                // A step within one silo serialises nothing: this is what a step between silos adds.
                new Kernel("wire codec: gradients written and read", _experts, 0, _experts * 2 * gradientBytes, Serialise),
            ];
        }
    }

    private void TrainExperts()
    {
        var dispatches = _minibatches[_next++ % _minibatches.Count];
        for (var m = 0; m < _experts; m++)
        {
            var dispatch = dispatches[m];
            var leaf = new ExpertBlock<float>(
                _expert, _weights.Experts[m], new(_train.Inputs.Span, _train.Labels, dispatch.Indexes.Span, dispatch.Gates.Span),
                0, dispatch.BlockStarts.Span, _gateGradients.AsSpan(0, dispatch.Count), _outcomes);
            ReductionTree.Evaluate(_root, _range.Count, ref leaf, _gradient, _scratch);
        }
    }

    private void Route() => _router.Route(RoutePurpose.Train, 0, _train.PatchSums, _routed, 0, _routed.Count);

    private void Score()
    {
        for (var i = 0; i + RouterScores<float>.Group <= _routed.Count; i += RouterScores<float>.Group)
            _scores.Score(_train.PatchSums, _routed.Indexes.AsSpan(i, RouterScores<float>.Group), _groupScores);
    }

    private void DrawNoise()
    {
        for (var i = 0; i + RouterScores<float>.Group <= _routed.Count; i += RouterScores<float>.Group)
            _noise.DrawGroup(RoutePurpose.Train, 0, _routed.Indexes.AsSpan(i, RouterScores<float>.Group), _argmaxNoise, _gateNoise);
    }

    private void GroupByExpert() => DispatchGrouping.Group(_routed, _range, _spec.Training.Block, _buffers);

    private void SumRouterGradient()
    {
        var leaf = new RouterLeaf<float>(_layout, _routed, _gateGradients, _train.PatchSums, _range, _spec.Training.Block)
        {
            BalanceSlopes = _balanceSlopes,
        };
        ReductionTree.Evaluate(_root, _range.Count, ref leaf, _routerSums, _scratch);
    }

    private void UpdateWeights()
    {
        for (var m = 0; m < _experts; m++)
            Optimiser.Apply<float>(_spec.Training.Expert, _expert.Parameters, _samples, 0, _gradient, _weights.Experts[m], _optimiserState);
    }

    private void Add(int times)
    {
        for (var i = 0; i < times; i++) ReductionTree.Add<float>(_left, _right);
    }

    private void Serialise()
    {
        for (var m = 0; m < _experts; m++) _wire.WriteAndRead();
    }
}
