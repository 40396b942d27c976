namespace MoeOrleans.Compute.Specification;

/// <summary>Optimiser: normalise or clip, then weight decay (added to the gradient, but for AdamW), then momentum or Adam.</summary>
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

    /// <summary>Weight decay: adds weightDecay * w to the gradient; AdamW multiplies w by 1 - rate * weightDecay instead. 0 is off.</summary>
    [Field("L2 weight decay, added to the gradient (adamW: decoupled), 0 is off", Min = 0, Max = 1e30)]
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

    /// <summary>
    /// Largest norm of the mean gradient over all parameters of one expert, or of the router; a longer one is scaled to it. 0 is off.
    /// PyTorch's clip_grad_norm_ takes one norm over all experts and the router instead.
    /// </summary>
    [Field("Largest norm of the gradient of one expert, or of the router, 0 is off", Min = 0, Max = 1e30, IsLater = true, IsOptional = true)]
    public double Clip { get; init; }

    /// <summary>Whether the method is Adam, with either weight decay.</summary>
    internal bool IsAdam => Method is OptimiserMethod.Adam or OptimiserMethod.AdamW;
}
