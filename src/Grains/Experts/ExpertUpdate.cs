using System.Collections.Immutable;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Experts;

/// <summary>The update of a commit: folds partial gradients to the root of the reduction tree and applies the optimiser.</summary>
/// <param name="pool">Arrays of an expert's length; receives the partials.</param>
internal sealed class ExpertUpdate(FloatPool pool)
{
    private TreeFold<float>? _fold;

    /// <summary>Updates an expert.</summary>
    /// <param name="run">The run.</param>
    /// <param name="step">The step.</param>
    /// <param name="samples">Samples of its minibatch.</param>
    /// <param name="coverage">The ranges that the expert got samples of; sorted by the call.</param>
    /// <param name="partials">The partial gradients.</param>
    /// <param name="state">The expert's state.</param>
    /// <returns>Sum of squares of the gradient of the mean loss.</returns>
    public double Apply(RunResources run, long step, int samples, RangeSamples[] coverage, ImmutableArray<NodeValue[]> partials, ExpertState state)
    {
        if (state.OptimiserState.Length != Optimiser.StateLength(run.Spec.Training.Expert, state.Weights.Length))
            throw new InvalidOperationException("it was restored without the state of its optimiser, to be evaluated");
        var gradient = Fold(ShardCut.Blocks(samples, run.Spec.Training.Block), coverage, partials);
        var squares = FixedOrderSum.Squares<float>(gradient) / ((double)samples * samples);
        Optimiser.Apply<float>(LearningRate.At(run.Spec.Training.Expert, run.Spec.Training, step), run.Parameters, samples, step, gradient, state.Weights, state.OptimiserState);
        pool.Return(gradient);
        return squares;
    }

    private float[] Fold(int blocks, RangeSamples[] coverage, ImmutableArray<NodeValue[]> partials)
    {
        var fold = _fold ??= new TreeFold<float>(blocks);
        fold.Restart(blocks);
        var next = 0;
        Array.Sort(coverage, static (a, b) => a.Range.CompareTo(b.Range));
        foreach (var covered in coverage)
        {
            AddAbsent(fold, next, covered.Range.Start, blocks);
            next = covered.Range.End;
        }

        AddAbsent(fold, next, blocks, blocks);
        foreach (var partial in partials)
        {
            foreach (var (node, value) in partial) fold.Add(node, value, pool.Returned);
        }

        if (fold.Root is { } root) return root;
        // Without samples the gradient is +0: momentum and weight decay still advance.
        var zero = pool.Rent();
        Array.Clear(zero);
        return zero;
    }

    private static void AddAbsent(TreeFold<float> fold, int start, int end, int blocks)
    {
        if (start >= end) return;
        foreach (var node in ReductionTree.Cover(new BlockRange(start, end - start), blocks)) fold.Add(node, null);
    }
}
