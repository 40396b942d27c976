using System.Numerics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Optimisers;

/// <summary>The optimiser of a specification: its state and its step.</summary>
internal static class Optimiser
{
    /// <summary>Elements of the state: momentum, or Adam's two moments; all zero at first.</summary>
    /// <param name="spec">The optimiser.</param>
    /// <param name="parameters">Elements of the flat parameters.</param>
    public static int StateLength(OptimiserSpec spec, int parameters) =>
        spec.IsAdam ? 2 * parameters : spec.Momentum == 0 ? 0 : parameters;

    /// <summary>Applies one step in place.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The optimiser.</param>
    /// <param name="layout">The tensors, for their norms.</param>
    /// <param name="samples">Samples of the minibatch.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="gradient">Flat gradient of the summed loss; overwritten.</param>
    /// <param name="weights">Flat parameters.</param>
    /// <param name="state"><see cref="StateLength"/> elements.</param>
    public static void Apply<T>(OptimiserSpec spec, ParameterLayout layout, int samples, long step, Span<T> gradient, Span<T> weights, Span<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (spec.IsAdam)
            Adam.Apply(spec, layout, samples, step + 1, gradient, weights, state);
        else
            GradientDescent.Apply(spec, layout, samples, gradient, weights, state);
    }
}
