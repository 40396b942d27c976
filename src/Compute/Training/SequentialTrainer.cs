using System.Numerics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>
/// The whole training in one place, without actors or threads. The grains must give the bits of this reference.
/// </summary>
/// <typeparam name="T">Element type: float for runs, double for parity.</typeparam>
internal sealed class SequentialTrainer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunSpec _spec;
    private readonly Dataset<T> _data;
    private readonly IRouterNoise<T> _noise;
    private readonly RoutingReplay? _replay;
    private readonly IExpert<T> _expert;
    private readonly MinibatchOrder _order;
    private readonly RouterGradientLayout _routerLayout;
    private readonly T[][] _states;
    private readonly T[] _routerState;
    private int[] _dispatched = [];

    /// <summary>Prepares a run.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="data">The samples.</param>
    /// <param name="start">Initial weights; null to draw them by the specification.</param>
    /// <param name="noise">Router noise; null to draw them by the specification.</param>
    /// <param name="expert">The expert's arithmetic; null for the fastest of the element type.</param>
    public SequentialTrainer(RunSpec spec, Dataset<T> data, MixtureWeights<T>? start = null, IRouterNoise<T>? noise = null, IExpert<T>? expert = null)
    {
        _spec = spec;
        _data = data;
        _noise = noise ?? new RouterNoise<T>(spec.Routing, spec.Training.Seed);
        _replay = RoutingReplay.Load(spec);
        _expert = expert ?? ExpertKinds.Create<T>(spec.Model, data.Train.Dim, data.Train.Patches);
        _order = new MinibatchOrder(spec.Training, data.Train.Count);
        _routerLayout = RouterGradientLayout.Of(spec, data.Train.Dim);
        Weights = start ?? InitialWeights.Of<T>(spec);
        _states = [.. Weights.Experts.Select(_ => new T[Optimiser.StateLength(spec.Training.Expert, _expert.Parameters.Length)])];
        _routerState = new T[Optimiser.StateLength(spec.Training.Router, _routerLayout.GradientLength)];
    }

    /// <summary>The weights, updated in place by each step.</summary>
    public MixtureWeights<T> Weights { get; }

    /// <summary>The last step's samples by cluster and expert; null before the first step.</summary>
    public RoutedSamples<T>? LastRouting { get; private set; }

    /// <summary>Trains until the last step or the stop rule.</summary>
    /// <param name="onStep">Called with each step's metrics after its update, or at the stopping step.</param>
    public TrainingOutcome<T> Run(Action<StepMetrics>? onStep = null)
    {
        var rule = StopRule.Start;
        (StepMetrics Step, MixtureWeights<T> Weights)? best = null;
        for (var step = 0L; ; step++)
        {
            var (metrics, counts, sums, gradients, samples) = Forward(step);
            if (_spec.Training.KeepBest && rule.IsSmallest(metrics.Loss)) best = (metrics, Weights.Copy());
            (rule, var stop) = rule.Observe(_spec.Training.Stop, step, metrics.Loss);
            if (stop is null) Update(step, samples, sums, gradients);
            _dispatched = counts.OfExperts();
            onStep?.Invoke(metrics);
            if (stop is null && step == _spec.Training.Steps - 1) stop = StopReason.Steps;
            if (stop is { } reason) return new TrainingOutcome<T>(Weights, metrics, counts, reason, best);
        }
    }

    /// <summary>Computes a step's forward and backward pass: its metrics, and the sums for its update.</summary>
    private (StepMetrics Metrics, DispatchCounts Counts, T[] RouterSums, T[]?[] Gradients, int Samples) Forward(long step)
    {
        var train = _data.Train;
        var block = _spec.Training.Block;
        var experts = _spec.Model.Experts;
        var samples = _order.Size(step);
        var all = new BlockRange(0, ShardCut.Blocks(samples, block));
        var root = new TreeNode(ReductionTree.RootLevel(all.Count), 0);
        var routed = LastRouting = new RoutedSamples<T>(_spec.Routing, samples, experts);
        _order.Fill(step, 0, routed.Indexes);
        new NoisyTopOne<T>(_spec.Routing, new RouterScores<T>(Weights.Router, experts), _noise, _replay)
            .Route(RoutePurpose.Train, step, train.PatchSums, routed, 0, samples);
        var counts = new DispatchCounts(train.Clusters, experts);
        counts.Count(train.Cluster, routed.Indexes, routed.Expert);

        var gateGradients = new T[samples];
        var gradients = new T[]?[experts];
        var losses = new double[all.Count];
        var hits = 0;
        var scratch = new T[ReductionTree.ScratchLength<T>(root, Math.Max(_expert.Parameters.Length, _routerLayout.Length))];
        var dispatches = DispatchGrouping.Group(routed, all, block);
        for (var m = 0; m < experts; m++)
        {
            var outcomes = new BlockResult[all.Count];
            var dispatchGates = new T[dispatches[m].Count];
            var leaf = new ExpertBlock<T>(
                _expert, Weights.Experts[m], new(train.Inputs.Span, train.Labels, dispatches[m].Indexes.Span, dispatches[m].Gates.Span),
                0, dispatches[m].BlockStarts.Span, dispatchGates, outcomes);
            var gradient = new T[_expert.Parameters.Length];
            gradients[m] = ReductionTree.Evaluate(root, all.Count, ref leaf, gradient, scratch) ? gradient : null;
            for (var b = 0; b < all.Count; b++) (losses[b], hits) = (losses[b] + outcomes[b].Loss, hits + outcomes[b].Hits);
            var positions = dispatches[m].Positions.Span;
            for (var i = 0; i < dispatchGates.Length; i++) gateGradients[positions[i]] = dispatchGates[i];
        }

        var routerSums = new T[_routerLayout.Length];
        var slopes = SwitchBalance.Slopes(_spec.Routing, experts, _dispatched);
        var routerLeaf = new RouterLeaf<T>(_routerLayout, routed, gateGradients, train.PatchSums, all, block) { BalanceSlopes = slopes };
        ReductionTree.Evaluate(root, all.Count, ref routerLeaf, routerSums, scratch);
        var balance = RouterStep.AddLoadBalance<T>(_spec.Routing.LoadBalance, _routerLayout, counts, slopes, samples, routerSums);
        var loss = (BlockLosses.Sum(losses) / samples) + balance;
        return (new StepMetrics(step, loss, 100.0 * hits / samples, counts.Entropy(), counts.Imbalance()) { BalanceLoss = balance }, counts, routerSums, gradients, samples);
    }

    private void Update(long step, int samples, T[] routerSums, T[]?[] gradients)
    {
        RouterStep.Update<T>(_spec.Training, _routerLayout, samples, step, routerSums, Weights.Router, _routerState);
        var optimiser = LearningRate.At(_spec.Training.Expert, _spec.Training, step);
        for (var m = 0; m < gradients.Length; m++)
        {
            // An expert without samples commits a gradient of 0, so that momentum and decay still apply.
            var gradient = gradients[m] ?? new T[_expert.Parameters.Length];
            Optimiser.Apply<T>(optimiser, _expert.Parameters, samples, step, gradient, Weights.Experts[m], _states[m]);
        }
    }
}
