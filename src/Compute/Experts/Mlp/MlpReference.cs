using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Experts.Mlp;

/// <summary>
/// The two-layer ReLU MLP, scalar, for float and double: what <see cref="MlpKernel"/> must give bit for bit, and in double what is
/// held against finite differences. Every sum is one chain of fused multiply-adds in ascending order, from the bias forward and
/// from the gradient so far backward.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="shape">Sizes and loss.</param>
internal sealed class MlpReference<T>(MlpShape shape) : ScalarExpert<T>(shape.Parameters(), shape.Outputs, shape.Inputs, shape.Loss)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _hidden = new T[shape.Hidden];

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs)
    {
        var (hidden, hiddenBias, output, outputBias) = Tensors;
        for (var j = 0; j < shape.Hidden; j++)
        {
            var z = weights[hiddenBias.IndexOf(0, j)];
            for (var k = 0; k < shape.Inputs; k++) z = T.FusedMultiplyAdd(sample[k], weights[hidden.IndexOf(k, j)], z);
            _hidden[j] = Relu.Apply(z).Value;
        }

        for (var c = 0; c < shape.Outputs; c++)
        {
            outputs[c] = weights[outputBias.IndexOf(0, c)];
            for (var j = 0; j < shape.Hidden; j++) outputs[c] = T.FusedMultiplyAdd(_hidden[j], weights[output.IndexOf(j, c)], outputs[c]);
        }
    }

    private (TensorLayout Hidden, TensorLayout HiddenBias, TensorLayout Output, TensorLayout OutputBias) Tensors =>
        (Parameters.Tensors[0], Parameters.Tensors[1], Parameters.Tensors[2], Parameters.Tensors[3]);

    protected override void Backward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, ReadOnlySpan<T> outputGradients, Span<T> gradient)
    {
        var (hidden, hiddenBias, output, outputBias) = Tensors;
        for (var c = 0; c < shape.Outputs; c++) gradient[outputBias.IndexOf(0, c)] += outputGradients[c];
        for (var j = 0; j < shape.Hidden; j++)
        {
            var dh = T.Zero;
            for (var c = 0; c < shape.Outputs; c++)
            {
                ref var dw = ref gradient[output.IndexOf(j, c)];
                dw = T.FusedMultiplyAdd(_hidden[j], outputGradients[c], dw);
                dh = T.FusedMultiplyAdd(outputGradients[c], weights[output.IndexOf(j, c)], dh);
            }

            var dz = _hidden[j] > T.Zero ? dh : T.Zero;
            gradient[hiddenBias.IndexOf(0, j)] += dz;
            for (var k = 0; k < shape.Inputs; k++)
            {
                ref var dw = ref gradient[hidden.IndexOf(k, j)];
                dw = T.FusedMultiplyAdd(sample[k], dz, dw);
            }
        }
    }
}
