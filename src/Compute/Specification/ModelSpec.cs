namespace MoeOrleans.Compute.Specification;

/// <summary>The mixture's experts.</summary>
public sealed record ModelSpec
{
    /// <summary>The model the values started from; a label, every value it implies stands in its own field.</summary>
    [Field("Model the values start from: presets of experts, gate, loss and training", Label = true)]
    public ModelKind Kind { get; init; } = ModelKind.Mixture;

    /// <summary>Kind of expert.</summary>
    [Field("Kind of expert")]
    public ExpertKind Expert { get; init; } = ExpertKind.Cnn;

    /// <summary>Number of experts M.</summary>
    [Field("Experts M", Min = 1, Max = 4096)]
    public int Experts { get; init; } = 8;

    /// <summary>Filters for each output J: a patch CNN has J times <see cref="Outputs"/> of them.</summary>
    [Field("Filters for each output J", Min = 1, Max = 65_536)]
    public int Filters { get; init; } = 8;

    /// <summary>Outputs of an expert: 2 logits (one for each class), or 1 score for the logistic loss.</summary>
    [Field("Outputs of an expert: 2 for softmaxCrossEntropy, 1 for logistic", Min = 1, Max = 2)]
    public int Outputs { get; init; } = 2;

    /// <summary>Activation function of the filters.</summary>
    [Field("Activation of the filters")]
    public Activation Activation { get; init; } = Activation.Cubic;

    /// <summary>Whether filters have a bias.</summary>
    [Field("Whether filters have a bias")]
    public bool Bias { get; init; } = true;

    /// <summary>Distribution of the initial weights.</summary>
    [Field("Distribution of the initial weights: uniform in +-scale / sqrt(dim), or N(0, scale^2)")]
    public Initialisation Initialisation { get; init; } = Initialisation.Uniform;

    /// <summary>
    /// Scale of the initial weights: times U(-1/sqrt(d), 1/sqrt(d)) for <see cref="Initialisation.Uniform"/>; the standard
    /// deviation sigma_0 for <see cref="Initialisation.Normal"/>.
    /// </summary>
    [Field("Scale of the initial weights", Min = 0, Max = 1e30)]
    public double InitialScale { get; init; } = 0.001;

    /// <summary>Loss of the gated output.</summary>
    [Field("Loss of the gated output")]
    public LossKind Loss { get; init; } = LossKind.SoftmaxCrossEntropy;
}
