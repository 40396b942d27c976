namespace MoeOrleans.Compute.Specification;

/// <summary>(Normalised) gradient descent: normalise, then weight decay (added to the gradient), then momentum.</summary>
public sealed record OptimiserSpec
{
    /// <summary>Learning rate.</summary>
    public double Rate { get; init; }

    /// <summary>What the gradient is divided by.</summary>
    public NormKind Normalise { get; init; }

    /// <summary>Momentum: v = momentum * v + g, the step is rate * v. 0 is off.</summary>
    public double Momentum { get; init; }

    /// <summary>L2 weight decay: adds weightDecay * w to the gradient. 0 is off.</summary>
    public double WeightDecay { get; init; }
}
