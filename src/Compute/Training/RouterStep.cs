using System.Numerics;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>The coordinator's part of a step: the load-balancing term and the router's update.</summary>
internal static class RouterStep
{
    /// <summary>
    /// Adds the load-balancing loss: the paper's, coefficient * M^2 * mean_m(mean_i(h_im + r_im) * fraction_m), fraction_m being the
    /// share of samples at expert m, a constant to the gradient; or that of <see cref="SwitchBalance"/>, whose gradient is there already.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="coefficient">Coefficient; 0 turns the term off.</param>
    /// <param name="layout">Layout of the sums.</param>
    /// <param name="counts">The step's dispatch.</param>
    /// <param name="slopes">Slopes of <see cref="SwitchBalance"/>; empty if the run has no such loss.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="sums">The router's sums over the minibatch; the gradient is added to.</param>
    /// <returns>The term.</returns>
    public static double AddLoadBalance<T>(double coefficient, RouterGradientLayout layout, DispatchCounts counts, ReadOnlySpan<double> slopes, int samples, Span<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (layout.Balance is not { } balance) return 0;
        var loss = 0.0;
        if (balance == BalanceKind.Switch)
        {
            for (var m = 0; m < layout.Experts; m++) loss = double.FusedMultiplyAdd(slopes[m], double.CreateTruncating(layout.Probabilities(sums)[m]) / samples, loss);
            return loss;
        }

        var patchSum = layout.PatchSum(sums);
        for (var m = 0; m < layout.Experts; m++)
        {
            var fraction = (double)counts.OfExpert(m) / samples;
            loss = double.FusedMultiplyAdd(double.CreateTruncating(layout.NoisyScores(sums)[m]) / samples, fraction, loss);
            var slope = T.CreateTruncating(coefficient * layout.Experts * fraction);
            for (var k = 0; k < layout.Dim; k++)
            {
                ref var gradient = ref sums[(m * layout.Dim) + k];
                gradient = T.FusedMultiplyAdd(slope, patchSum[k], gradient);
            }
        }

        return coefficient * layout.Experts * loss;
    }

    /// <summary>Updates Theta.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="training">The router's optimiser and its schedule.</param>
    /// <param name="layout">Layout of the sums.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="sums">The router's sums over the minibatch; overwritten.</param>
    /// <param name="theta">Experts x dim; updated in place.</param>
    /// <param name="state">State of the router's optimiser.</param>
    public static void Update<T>(TrainingSpec training, RouterGradientLayout layout, int samples, long step, Span<T> sums, Span<T> theta, Span<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parameters = new ParameterLayout([new TensorLayout("router.weight", 0, 1, layout.GradientLength, layout.GradientLength, [layout.Experts, layout.Dim])]);
        Optimiser.Apply(LearningRate.At(training.Router, training, step), parameters, samples, step, sums[..layout.GradientLength], theta, state);
    }
}
