using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Grains.Experts;

/// <summary>An expert's weights and optimiser state, and the weights of the smallest loss if the run keeps them.</summary>
/// <param name="weights">Flat parameters; updated in place.</param>
/// <param name="optimiser">State of the optimiser; updated in place.</param>
internal sealed class ExpertState(float[] weights, float[] optimiser)
{
    /// <summary>An expert that was never restored.</summary>
    public static ExpertState Empty => new([], []);

    public float[] Weights => weights;

    public float[] OptimiserState => optimiser;

    /// <summary>The weights of the smallest loss so far, and their version.</summary>
    public (long Version, float[] Weights)? Best { get; private set; }

    /// <summary>Loads the state of a restore; at version 0 draws the initial weights.</summary>
    /// <param name="run">The run.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="request">The restore.</param>
    /// <exception cref="ArgumentException">The state is of another size.</exception>
    public static ExpertState Load(RunResources run, int expert, RestoreRequest request)
    {
        var (spec, length) = (run.Spec, run.Parameters.Length);
        var stateLength = Optimiser.StateLength(spec.Training.Expert, length);
        if (request.Version == 0)
            return new ExpertState(ExpertKinds.InitialWeights<float>(spec.Model, run.Parameters, spec.Training.Seed, expert), new float[stateLength]);
        var (weights, state) = (request.Weights?.Span.ToArray() ?? [], request.OptimiserState?.Span.ToArray() ?? []);
        if (weights.Length != length || state.Length != stateLength)
            throw new ArgumentException($"Expert {expert} has {length} weights and an optimiser state of {stateLength}; {weights.Length} and {state.Length} were to be restored.", nameof(request));
        return new ExpertState(weights, state) { Best = request.BestWeights is { } best ? (request.BestVersion, best.Span.ToArray()) : null };
    }

    /// <summary>Copies the weights as those of the smallest loss so far.</summary>
    /// <param name="version">Their version.</param>
    public void SnapshotBest(long version)
    {
        var best = Best?.Weights ?? new float[weights.Length];
        weights.CopyTo(best, 0);
        Best = (version, best);
    }
}
