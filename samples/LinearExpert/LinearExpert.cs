using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.LinearExpert;

/// <summary>Options of the linear expert; in a specification <c>model.linear.inputScale</c>.</summary>
public sealed record LinearOptions : ExpertOptions
{
    /// <summary>Every input is multiplied by this.</summary>
    [Field("Factor on every input of a linear expert", Min = 0, Max = 1_000_000)]
    public double InputScale { get; init; } = 1;
}

/// <summary>
/// A linear classifier over a sample's patches side by side: outputs = W (s x) + b, trained by the specification's loss of the
/// softmax. <c>moe train --experts-from MoeOrleans.LinearExpert.dll --expert linear</c> trains a mixture of such experts.
/// </summary>
public sealed class LinearKind : IExpertKind
{
    /// <inheritdoc/>
    public string Name => "linear";

    /// <inheritdoc/>
    public ExpertOptions Defaults { get; } = new LinearOptions();

    /// <inheritdoc/>
    public Activation DefaultActivation => Activation.Linear;

    /// <inheritdoc/>
    public IEnumerable<FieldConflict> Conflicts(ModelSpec model)
    {
        if (model.Activation != Activation.Linear)
            yield return new(["model.activation", "model.expert"], "model.activation must be linear where model.expert is linear; leave it out");
    }

    /// <inheritdoc/>
    public IEnumerable<ArraySize> LargestArrays(RunSpec spec) =>
    [
        new(["data.dim", "data.patches"], "an expert, model.outputs x data.patches x data.dim,", (long)spec.Model.Outputs * spec.Data.Patches * spec.Data.Dim),
    ];

    /// <inheritdoc/>
    public string Title(ModelSpec model) => model.Kind == ModelKind.Mixture ? "MoE of linear classifiers" : "single linear classifier";

    /// <inheritdoc/>
    public double OperationsPerSample(ModelSpec model, int dim, int patches) => 2.0 * 2 * model.Outputs * patches * dim;

    /// <inheritdoc/>
    public ParameterLayout Parameters(ModelSpec model, int dim, int patches)
    {
        var inputs = dim * patches;
        var weight = new TensorLayout("weight", Offset: 0, inputs, model.Outputs, Stride: model.Outputs, [model.Outputs, inputs]);
        return model.Bias
            ? new ParameterLayout([weight, new TensorLayout("bias", weight.Length, 1, model.Outputs, model.Outputs, [model.Outputs]) { FanIn = inputs }])
            : new ParameterLayout([weight]);
    }

    /// <inheritdoc/>
    public IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new LinearExpert<T>(model, Parameters(model, dim, patches), dim * patches);
}

/// <summary>One linear expert. Every sum is one chain of fused multiply-adds in ascending order, so its bits are the same everywhere.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="model">The model, with <see cref="LinearOptions"/>.</param>
/// <param name="parameters">Weight and, if the model has one, bias.</param>
/// <param name="inputs">Elements of a sample.</param>
internal sealed class LinearExpert<T>(ModelSpec model, ParameterLayout parameters, int inputs)
    : ScalarExpert<T>(parameters, model.Outputs, inputs, model.Loss)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _scale = T.CreateTruncating(((LinearOptions)model.Options).InputScale);

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs)
    {
        var weight = Parameters.Tensors[0];
        for (var c = 0; c < Outputs; c++)
        {
            outputs[c] = model.Bias ? weights[Parameters.Tensors[1].IndexOf(0, c)] : T.Zero;
            for (var k = 0; k < weight.Inputs; k++) outputs[c] = T.FusedMultiplyAdd(_scale * sample[k], weights[weight.IndexOf(k, c)], outputs[c]);
        }
    }

    /// <inheritdoc/>
    protected override void Backward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, ReadOnlySpan<T> outputGradients, Span<T> gradient)
    {
        var weight = Parameters.Tensors[0];
        for (var c = 0; c < Outputs; c++)
        {
            if (model.Bias) gradient[Parameters.Tensors[1].IndexOf(0, c)] += outputGradients[c];
            for (var k = 0; k < weight.Inputs; k++)
            {
                ref var dw = ref gradient[weight.IndexOf(k, c)];
                dw = T.FusedMultiplyAdd(_scale * sample[k], outputGradients[c], dw);
            }
        }
    }
}
