using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.Mlp;

/// <summary>
/// Sizes of the two-layer ReLU MLP: outputs = V relu(W x + b) + c, where x is a sample's patches side by side.
/// </summary>
/// <param name="Inputs">Elements of a sample: patches times patch length.</param>
/// <param name="Hidden">Hidden units.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="Loss">Loss of the gated outputs.</param>
internal sealed record MlpShape(int Inputs, int Hidden, int Outputs, LossKind Loss)
{
    /// <summary>Hidden units of a panel: two vectors of floats.</summary>
    public const int Panel = 2 * Lanes;

    /// <summary>Floats of a vector.</summary>
    internal const int Lanes = 16;

    /// <summary>Number of panels of hidden units.</summary>
    public int Panels => (Hidden + Panel - 1) / Panel;

    /// <summary>Outputs padded to whole vectors.</summary>
    public int OutputStride => (Outputs + Lanes - 1) / Lanes * Lanes;

    /// <summary>The shape of a specification's experts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static MlpShape Of(ModelSpec model, int dim, int patches) => new(dim * patches, ((MlpOptions)model.Options).Hidden, model.Outputs, model.Loss);

    /// <summary>The tensors: W and b of the hidden units, in panels, then V and c of the outputs.</summary>
    public ParameterLayout Parameters()
    {
        var hidden = new TensorLayout("hidden.weight", 0, Inputs, Hidden, Panel, [Hidden, Inputs]);
        var hiddenBias = new TensorLayout("hidden.bias", hidden.Length, 1, Hidden, Panel, [Hidden]) { FanIn = Inputs };
        var output = new TensorLayout("output.weight", hiddenBias.Offset + hiddenBias.Length, Hidden, Outputs, OutputStride, [Outputs, Hidden]);
        var outputBias = new TensorLayout("output.bias", output.Offset + output.Length, 1, Outputs, OutputStride, [Outputs]) { FanIn = Hidden };
        return new ParameterLayout([hidden, hiddenBias, output, outputBias]);
    }
}
