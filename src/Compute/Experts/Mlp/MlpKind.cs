using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts.Mlp;

/// <summary>The two-layer ReLU MLP.</summary>
internal sealed class MlpKind : IExpertKind
{
    public string Name => "mlp";

    public ExpertOptions Defaults { get; } = new MlpOptions();

    public Activation DefaultActivation => Activation.Relu;

    // Samples of the size of MNIST's. An expert has megabytes of weights, and three times as many next to them.
    public BenchWorkload Bench { get; } = new(new RandomSamples(10, 784, 16_384, 256, 1024), [8, 32], [8], [8, 16, 32], [8, 16, 32], Specialises: false);

    public IEnumerable<FieldConflict> Conflicts(ModelSpec model)
    {
        if (model.Activation != Activation.Relu)
            yield return new(["model.activation", "model.expert"], $"model.activation must be relu where model.expert is mlp, got {SpecField.Format(model.Activation)}; leave it out");
        if (!model.Bias) yield return new(["model.bias", "model.expert"], "model.bias must be true where model.expert is mlp; leave it out");
    }

    public IEnumerable<ArraySize> LargestArrays(RunSpec spec)
    {
        var inputs = (long)spec.Data.Patches * spec.Data.Dim;
        yield return new(
            ["model.hidden", "data.dim"], "an expert, model.hidden x (data.patches x data.dim + model.outputs),",
            ToPanels(Options(spec.Model).Hidden) * (inputs + ToPanels(spec.Model.Outputs)));

        static long ToPanels(long size) => (size + MlpShape.Panel - 1) / MlpShape.Panel * MlpShape.Panel;
    }

    // A block has a gradient of all weights to clear and to add, and a product of matrices pays with the number of samples.
    public int DefaultBlock(int experts) => 1024;

    /// <remarks>
    /// Not of the paper: an MLP begins as in PyTorch, at the full scale, and has far more weights for a normalised step to move,
    /// so its rate is higher. A double softmax of many classes has hardly a gradient, so the loss is the usual cross-entropy; the
    /// floor of the stop rule is of the double softmax.
    /// </remarks>
    public RunSpec AdaptPreset(RunSpec preset)
    {
        var (model, training) = (preset.Model, preset.Training);
        return preset with
        {
            Model = model with
            {
                Bias = true,
                Initialisation = Initialisation.Uniform,
                InitialScale = 1,
                Loss = model.Loss == LossKind.Logistic ? LossKind.Logistic : LossKind.CrossEntropy,
            },
            Training = training with
            {
                Expert = training.Expert with { Rate = training.Expert.Method == OptimiserMethod.Adam ? 0.001 : 0.05 },
                Stop = training.Stop with { Enabled = false },
            },
        };
    }

    public string Title(ModelSpec model) =>
        $"{(model.Kind == ModelKind.Mixture ? "MoE of MLPs" : "single MLP")}, {Options(model).Hidden} hidden units";

    public string Describe(ModelSpec model) =>
        $"two-layer ReLU MLP{(model.Kind == ModelKind.Mixture ? "s" : "")} with {Options(model).Hidden} hidden units";

    public double OperationsPerSample(ModelSpec model, int dim, int patches)
    {
        // Both layers forward, both weights' gradients, and the hidden units'.
        var (hidden, output) = ((double)patches * dim * Options(model).Hidden, (double)Options(model).Hidden * model.Outputs);
        return 2 * ((2 * hidden) + (3 * output));
    }

    public ParameterLayout Parameters(ModelSpec model, int dim, int patches) => MlpShape.Of(model, dim, patches).Parameters();

    public IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new MlpReference<T>(MlpShape.Of(model, dim, patches));

    public IExpert<float> CreateKernel(ModelSpec model, int dim, int patches) => new MlpKernel(MlpShape.Of(model, dim, patches));

    private static MlpOptions Options(ModelSpec model) => (MlpOptions)model.Options;
}
