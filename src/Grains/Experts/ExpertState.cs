using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Optimisers;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Experts;

/// <summary>An expert's weights and optimiser state, and the weights of the smallest loss if the run keeps them.</summary>
/// <param name="arrays">Where its arrays come from.</param>
/// <param name="weights">Flat parameters; updated in place.</param>
/// <param name="optimiser">State of the optimiser; updated in place.</param>
internal sealed class ExpertState(ArraySource arrays, float[] weights, float[] optimiser)
{
    private float[]? _reserved;

    /// <summary>An expert that was never restored.</summary>
    public static ExpertState Empty => new(ArraySource.Shared, [], []);

    public float[] Weights => weights;

    public float[] OptimiserState => optimiser;

    /// <summary>The weights of the smallest loss so far, and their version.</summary>
    public (long Version, float[] Weights)? Best { get; private set; }

    /// <summary>Loads the state of a restore; at version 0 begins with the initial weights. Without a state of the optimiser it is not for training.</summary>
    /// <param name="arrays">Where its arrays come from.</param>
    /// <param name="run">The run.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="request">The restore.</param>
    /// <param name="initial">The weights that the run starts from; null if they are drawn.</param>
    /// <exception cref="ArgumentException">The state is of another size.</exception>
    public static ExpertState Load(ArraySource arrays, RunResources run, int expert, RestoreRequest request, MixtureWeights<float>? initial)
    {
        var (spec, length) = (run.Spec, run.Parameters.Length);
        var stateLength = Optimiser.StateLength(spec.Training.Expert, length);
        if (request.Version == 0)
        {
            var cleared = arrays.New<float>(stateLength);
            Array.Clear(cleared);
            var start = initial is null ? ExpertKinds.InitialWeights<float>(spec.Model, run.Parameters, spec.Training.Seed, expert) : arrays.Copy<float>(initial.Experts[expert]);
            return new ExpertState(arrays, start, cleared);
        }

        var (weights, state) = (Copy(request.Weights), Copy(request.OptimiserState));
        if (weights.Length != length || (request.OptimiserState is not null && state.Length != stateLength))
            throw new ArgumentException($"Expert {expert} has {length} weights and an optimiser state of {stateLength}; {weights.Length} and {state.Length} were to be restored.", nameof(request));
        if (request.BestWeights is { } kept && kept.Length != length)
            throw new ArgumentException($"Expert {expert} has {length} weights; {kept.Length} were to be restored as the best ones.", nameof(request));
        return new ExpertState(arrays, weights, state) { Best = request.BestWeights is { } best ? (request.BestVersion, Copy(best)) : null };

        float[] Copy(WireTensor<float>? values) => values is null ? [] : arrays.Copy(values.Span);
    }

    /// <summary>Makes room for a first copy of the weights, so that <see cref="SnapshotBest"/> allocates nothing.</summary>
    public void ReserveBest()
    {
        if (Best is null) _reserved ??= arrays.New<float>(weights.Length);
    }

    /// <summary>Copies the weights as those of the smallest loss so far.</summary>
    /// <param name="version">Their version.</param>
    public void SnapshotBest(long version)
    {
        ReserveBest();
        var best = Best?.Weights ?? _reserved!;
        weights.CopyTo(best, 0);
        (Best, _reserved) = ((version, best), null);
    }
}
