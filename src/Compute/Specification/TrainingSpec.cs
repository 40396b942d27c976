namespace MoeOrleans.Compute.Specification;

/// <summary>Steps, minibatches, optimisers and the stop rule.</summary>
public sealed record TrainingSpec
{
    /// <summary>Seed of everything but the data: initial weights, noise, minibatch order.</summary>
    [Field("Seed of weights, noise and minibatch order", Min = 0)]
    public long Seed { get; init; } = 1;

    /// <summary>Steps at most.</summary>
    [Field("Steps at most", Min = 1, Max = 10_000_000)]
    public int Steps { get; init; } = 501;

    /// <summary>Samples a step; 0 is the full batch.</summary>
    [Field("Samples a step, 0 is the full batch", Min = 0, Max = 100_000_000)]
    public int Minibatch { get; init; }

    /// <summary>Positions a block, the leaf of the reduction tree. It decides the order of sums, so it is part of the bits.</summary>
    [Field("Positions a leaf, a power of two; if not given, what suits the kind and the number of experts", Min = 16, Max = 65_536)]
    public int Block { get; init; } = 256;

    /// <summary>Optimiser of every expert.</summary>
    public OptimiserSpec Expert { get; init; } = new() { Rate = 0.001, Normalise = NormKind.Sum };

    /// <summary>Optimiser of the router.</summary>
    public OptimiserSpec Router { get; init; } = new() { Rate = 0.1, Normalise = NormKind.None };

    /// <summary>When to stop before the last step.</summary>
    public StopSpec Stop { get; init; } = new();

    /// <summary>
    /// Whether the weights of the smallest training loss are kept beside the final ones, to be tested and written too. It
    /// changes no bit of the final weights.
    /// </summary>
    [Field("Whether the weights of the smallest training loss are kept and tested too")]
    public bool KeepBest { get; init; }
}
