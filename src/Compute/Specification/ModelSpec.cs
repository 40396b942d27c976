namespace MoeOrleans.Compute.Specification;

/// <summary>The mixture's experts.</summary>
public sealed record ModelSpec
{
    /// <summary>Kind of expert.</summary>
    public ExpertKind Expert { get; init; } = ExpertKind.Cnn;

    /// <summary>Number of experts M.</summary>
    public int Experts { get; init; } = 8;

    /// <summary>Filters for each output J: a patch CNN has J times <see cref="Outputs"/> of them.</summary>
    public int Filters { get; init; } = 8;

    /// <summary>Outputs of an expert: 2 logits (one for each class), or 1 score for the logistic loss.</summary>
    public int Outputs { get; init; } = 2;

    /// <summary>Activation function of the filters.</summary>
    public Activation Activation { get; init; } = Activation.Cubic;

    /// <summary>Whether filters have a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Distribution of the initial weights.</summary>
    public Initialisation Initialisation { get; init; } = Initialisation.Uniform;

    /// <summary>
    /// Scale of the initial weights: times U(-1/sqrt(d), 1/sqrt(d)) for <see cref="Initialisation.Uniform"/>; the standard
    /// deviation sigma_0 for <see cref="Initialisation.Normal"/>.
    /// </summary>
    public double InitialScale { get; init; } = 0.001;

    /// <summary>Loss of the gated output.</summary>
    public LossKind Loss { get; init; } = LossKind.SoftmaxCrossEntropy;
}
