namespace MoeOrleans.Compute.Specification;

/// <summary>(Normalised) gradient descent: normalise, then weight decay (added to the gradient), then momentum.</summary>
public sealed record OptimiserSpec
{
    /// <summary>Learning rate.</summary>
    [Field("Learning rate", Min = 0, Max = 1e30)]
    public double Rate { get; init; }

    /// <summary>What the gradient is divided by.</summary>
    [Field("Norm the gradient is divided by")]
    public NormKind Normalise { get; init; }

    /// <summary>Momentum: v = momentum * v + g, the step is rate * v. 0 is off.</summary>
    [Field("Momentum, 0 is off", Min = 0, Max = 1, BelowMax = true)]
    public double Momentum { get; init; }

    /// <summary>L2 weight decay: adds weightDecay * w to the gradient. 0 is off.</summary>
    [Field("L2 weight decay, added to the gradient, 0 is off", Min = 0, Max = 1e30)]
    public double WeightDecay { get; init; }
}
