using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Steps;

/// <summary>A step's sums over all shards, and what they say of it.</summary>
/// <param name="Metrics">Loss, accuracy, entropy.</param>
/// <param name="Counts">Clusters x experts.</param>
/// <param name="RouterSums">The router's sums at the root of the reduction tree.</param>
/// <param name="SquaredGradient">Sum of squares of the router's gradient of the mean loss.</param>
internal sealed record StepFold(StepMetrics Metrics, DispatchCounts Counts, float[] RouterSums, double SquaredGradient)
{
    /// <summary>Folds the routers' replies.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="layout">Layout of the router's sums.</param>
    /// <param name="step">The step.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="dispatched">Samples of each expert in the step before, as the routers had them.</param>
    /// <param name="replies">One for each shard, in order.</param>
    /// <param name="pool">Arrays for the router's sums; <see cref="RouterSums"/> is one of them.</param>
    public static StepFold Of(RunSpec spec, RouterGradientLayout layout, long step, int samples, WireTensor<int>? dispatched, IReadOnlyList<RouteReply> replies, FloatPool pool)
    {
        var blocks = ShardCut.Blocks(samples, spec.Training.Block);
        var fold = new TreeFold<float>(blocks);
        var counts = new DispatchCounts(spec.Data.Clusters, spec.Model.Experts);
        var losses = new double[blocks];
        var (next, hits) = (0, 0);
        foreach (var reply in replies)
        {
            for (var n = 0; n < reply.Nodes.Length / 2; n++)
            {
                var sums = pool.Rent();
                reply.Sums.Span.Slice(n * layout.Length, layout.Length).CopyTo(sums);
                fold.Add(new TreeNode(reply.Nodes.Span[2 * n], reply.Nodes.Span[(2 * n) + 1]), sums, pool.Returned);
            }

            reply.BlockLosses.Span.CopyTo(losses.AsSpan(next));
            next += reply.BlockLosses.Length;
            hits += reply.Hits;
            counts.Add(reply.Counts.Span);
        }

        var root = fold.Root ?? throw new InvalidOperationException($"The replies of step {step} do not cover its {blocks} blocks.");
        var slopes = SwitchBalance.Slopes(spec.Routing, spec.Model.Experts, (dispatched ?? WireTensor<int>.None).Span);
        var balance = RouterStep.AddLoadBalance<float>(spec.Routing.LoadBalance, layout, counts, slopes, samples, root);
        var loss = (BlockLosses.Sum(losses) / samples) + balance;
        // The gradient is complete only now, and is overwritten by the router's update.
        var squares = FixedOrderSum.Squares<float>(root.AsSpan(0, layout.GradientLength)) / ((double)samples * samples);
        return new StepFold(new StepMetrics(step, loss, 100.0 * hits / samples, counts.Entropy(), counts.Imbalance()) { BalanceLoss = balance }, counts, root, squares);
    }
}
