using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.PatchCnn;

/// <summary>The paper's two-layer patch CNN (section 3.2).</summary>
internal sealed class PatchCnnKind : IExpertKind
{
    public string Name => "cnn";

    public ExpertOptions Defaults { get; } = new PatchCnnOptions();

    public Activation DefaultActivation => Activation.Cubic;

    public bool IsOfThePaper => true;

    public IEnumerable<ArraySize> LargestArrays(RunSpec spec)
    {
        var filters = (long)spec.Model.Filters * spec.Model.Outputs;
        yield return new(["model.filters", "data.dim"], "an expert, model.filters x model.outputs x data.dim,", filters * spec.Data.Dim);
        yield return new(
            ["data.patches", "model.filters"],
            $"the activations of {SampleGroup.LargestSize} samples, data.patches x model.filters x model.outputs of each,",
            SampleGroup.LargestSize * spec.Data.Patches * filters);
    }

    // A block should have some 32 samples of evenly used experts; but shards and threads share the work by blocks, so their number
    // stays within bounds.
    public int DefaultBlock(int experts) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(32 * experts, 256, 2048));

    // As in the official code, the single model has as many filters as the paper's table says.
    public RunSpec AdaptPreset(RunSpec preset) =>
        preset.Model.Kind == ModelKind.Single ? preset with { Model = preset.Model with { Options = new PatchCnnOptions { Filters = 40 } } } : preset;

    public string Title(ModelSpec model) => Title(model.Kind, model.Activation, model.Filters);

    /// <summary>A model as the paper has it: "MoE nonlinear", "single linear, J = 40".</summary>
    public static string Title(ModelKind model, Activation activation, int filters) =>
        model == ModelKind.Mixture ? $"MoE {activation.DisplayName}" : $"single {activation.DisplayName}, J = {filters}";

    public double OperationsPerSample(ModelSpec model, int dim, int patches) => 2.0 * 2 * patches * model.Filters * model.Outputs * dim;

    public ParameterLayout Parameters(ModelSpec model, int dim, int patches) => PatchCnnShape.Of(model, dim, patches).Parameters();

    public IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new PatchCnnReference<T>(PatchCnnShape.Of(model, dim, patches));

    public IExpert<float> CreateKernel(ModelSpec model, int dim, int patches) => new PatchCnnKernel(PatchCnnShape.Of(model, dim, patches));
}
