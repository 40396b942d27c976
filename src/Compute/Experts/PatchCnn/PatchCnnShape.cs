using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.PatchCnn;

/// <summary>
/// Sizes of the two-layer patch CNN: filters w in R^{F x d} and biases b in R^F applied to each patch; output c is the sum of
/// sigma over its J filters and the patches.
/// </summary>
/// <param name="Dim">Patch length d.</param>
/// <param name="Patches">Patches a sample P.</param>
/// <param name="FiltersPerOutput">J.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="Bias">Whether filters have a bias.</param>
/// <param name="Activation">sigma.</param>
/// <param name="Loss">Loss of the gated outputs.</param>
internal sealed record PatchCnnShape(int Dim, int Patches, int FiltersPerOutput, int Outputs, bool Bias, Activation Activation, LossKind Loss)
{
    /// <summary>Outputs of one vector of floats.</summary>
    public const int Lanes = 16;

    /// <summary>Filters F = J times outputs; filter j serves output j / J.</summary>
    public int Filters => FiltersPerOutput * Outputs;

    /// <summary>Filters padded to whole vectors.</summary>
    public int Stride => (Filters + Lanes - 1) / Lanes * Lanes;

    /// <summary>The shape of a specification's experts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static PatchCnnShape Of(ModelSpec model, int dim, int patches) =>
        new(dim, patches, model.Filters, model.Outputs, model.Bias, model.Activation, model.Loss);

    /// <summary>The tensors: weight [F, d], and bias [F] where there is one.</summary>
    public ParameterLayout Parameters()
    {
        var weight = new TensorLayout("weight", 0, Dim, Filters, Stride, [Filters, Dim]);
        return Bias
            ? new ParameterLayout([weight, new TensorLayout("bias", weight.Length, 1, Filters, Stride, [Filters]) { FanIn = Dim }])
            : new ParameterLayout([weight]);
    }
}
