using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;

namespace MoeOrleans.Compute.Specification;

/// <summary>The mixture's experts.</summary>
public sealed record ModelSpec
{
    /// <summary>The model the values started from; a label, every value it implies stands in its own field.</summary>
    [Field("Model the values start from: presets of experts, gate, loss and training", Label = true)]
    public ModelKind Kind { get; init; } = ModelKind.Mixture;

    /// <summary>Name of the kind of expert, which <see cref="Options"/> decide.</summary>
    [Field("Kind of expert", IsExpertKind = true)]
    public string Expert => Options is null ? "" : ExpertKinds.Of(this).Name;

    /// <summary>Number of experts M.</summary>
    [Field("Experts M", Min = 1, Max = 4096)]
    public int Experts { get; init; } = 8;

    /// <summary>Options of the experts; their type decides the kind of expert.</summary>
    public ExpertOptions Options { get; init; } = new PatchCnnOptions();

    /// <summary>SHA-256 of the assembly of a kind of expert that is not built in; empty for a built-in kind.</summary>
    [Field("SHA-256 of the assembly that brings the kind of expert; filled in", Pattern = @"\A([0-9a-f]{64})?\z", PatternMeaning = "64 hexadecimal digits")]
    public string ExpertSha256 => Options is null ? "" : ExpertKinds.AssemblySha256(ExpertKinds.Of(this));

    /// <summary>Outputs of an expert: a logit for each class, or 1 score of two classes for the logistic loss.</summary>
    [Field("Outputs of an expert: one for each class, 1 for logistic; with --data as many as the files have classes", Min = 1, Max = 4096)]
    public int Outputs { get; init; } = 2;

    /// <summary>Activation function of the experts' units, where the kind of expert leaves a choice.</summary>
    [Field("Activation of the experts' units; if not given, that of the kind of expert")]
    public Activation Activation { get; init; } = Activation.Cubic;

    /// <summary>Whether the experts' units have a bias, where the kind of expert leaves a choice.</summary>
    [Field("Whether the experts' units have a bias")]
    public bool Bias { get; init; } = true;

    /// <summary>Distribution of the initial weights.</summary>
    [Field("Distribution of the initial weights: uniform in +-scale / sqrt(inputs of the layer), or N(0, scale^2)")]
    public Initialisation Initialisation { get; init; } = Initialisation.Uniform;

    /// <summary>
    /// Scale of the initial weights: times U(-1/sqrt(n), 1/sqrt(n)) for <see cref="Initialisation.Uniform"/>, where n is a
    /// layer's number of inputs, d for a patch CNN; the standard deviation sigma_0 for <see cref="Initialisation.Normal"/>.
    /// </summary>
    [Field("Scale of the initial weights", Min = 0, Max = 1e30)]
    public double InitialScale { get; init; } = 0.001;

    /// <summary>Loss of the gated output.</summary>
    [Field("Loss of the gated output")]
    public LossKind Loss { get; init; } = LossKind.SoftmaxCrossEntropy;
}
