namespace MoeOrleans.Compute.Specification;

/// <summary>Optimiser: normalise, then weight decay (added to the gradient), then momentum or Adam.</summary>
public sealed record OptimiserSpec
{
    /// <summary>Method.</summary>
    [Field("Method")]
    public OptimiserMethod Method { get; init; } = OptimiserMethod.GradientDescent;

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

    /// <summary>Decay of Adam's mean of the gradient.</summary>
    [Field("Adam: decay of the mean of the gradient", Min = 0, Max = 1, BelowMax = true)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of Adam's mean of the squared gradient.</summary>
    [Field("Adam: decay of the mean of the squared gradient", Min = 0, Max = 1, BelowMax = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to Adam's denominator.</summary>
    [Field("Adam: added to the denominator", Min = 0, Max = 1e30)]
    public double Epsilon { get; init; } = 1e-8;
}
