namespace MoeOrleans.Compute.Training;

/// <summary>Judges evaluations by the loss of the validation samples: which was the best, and whether training is to end.</summary>
/// <param name="Smallest">The smallest loss so far.</param>
/// <param name="Since">Evaluations since then.</param>
internal readonly record struct EarlyStop(double Smallest, int Since)
{
    /// <summary>Before the first evaluation.</summary>
    public static EarlyStop Start { get; } = new(double.PositiveInfinity, 0);

    /// <summary>Whether a loss is smaller than all before.</summary>
    public bool IsSmallest(double loss) => loss < Smallest;

    /// <summary>Takes the loss of an evaluation.</summary>
    /// <param name="loss">The loss; one that is not a number is never the smallest.</param>
    public EarlyStop Observe(double loss) => IsSmallest(loss) ? new EarlyStop(loss, 0) : this with { Since = Since + 1 };

    /// <summary>Whether training ends.</summary>
    /// <param name="limit">Evaluations in a row without a smaller loss that end training; 0 for no limit.</param>
    public bool Ends(int limit) => limit > 0 && Since >= limit;
}
