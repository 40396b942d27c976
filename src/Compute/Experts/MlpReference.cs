using System.Numerics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// The two-layer ReLU MLP, scalar, for float and double: what <see cref="Mlp"/> must give bit for bit, and in double what is
/// held against finite differences. Every sum is one chain of fused multiply-adds in ascending order, from the bias forward and
/// from the gradient so far backward.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="shape">Sizes and loss.</param>
public sealed class MlpReference<T>(MlpShape shape) : IExpert<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _hidden = new T[shape.Hidden];
    private readonly T[] _outputs = new T[shape.Outputs];

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; } = shape.Parameters();

    /// <inheritdoc/>
    public int Outputs => shape.Outputs;

    /// <inheritdoc/>
    public LeafOutcome Accumulate(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<T> gradient, Span<T> gateGradients)
    {
        var (loss, hits) = (0.0, 0);
        Span<double> outputs = stackalloc double[shape.Outputs];
        Span<double> outputGradients = stackalloc double[shape.Outputs];
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            var index = samples.Indexes[i];
            var sample = Sample(samples.Inputs, index);
            Forward(weights, sample, _outputs);
            Widen(_outputs, outputs);
            var outcome = GatedLoss.Evaluate(shape.Loss, outputs, double.CreateTruncating(samples.Gates[i]), samples.Labels[index], outputGradients);
            loss += outcome.Loss;
            hits += outcome.Prediction == samples.Labels[index] ? 1 : 0;
            gateGradients[i] = T.CreateTruncating(outcome.GateGradient);
            for (var c = 0; c < shape.Outputs; c++) _outputs[c] = T.CreateTruncating(outputGradients[c]);
            Backward(weights, sample, gradient);
        }

        return new LeafOutcome(loss, hits);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<T> weights, in LeafSamples<T> samples, Span<int> predictions)
    {
        Span<double> outputs = stackalloc double[shape.Outputs];
        for (var i = 0; i < samples.Indexes.Length; i++)
        {
            Forward(weights, Sample(samples.Inputs, samples.Indexes[i]), _outputs);
            Widen(_outputs, outputs);
            predictions[i] = GatedLoss.Predict(outputs, double.CreateTruncating(samples.Gates[i]));
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> outputs)
    {
        var (hidden, hiddenBias, output, outputBias) = Tensors;
        for (var j = 0; j < shape.Hidden; j++)
        {
            var z = weights[hiddenBias.IndexOf(0, j)];
            for (var k = 0; k < shape.Inputs; k++) z = T.FusedMultiplyAdd(sample[k], weights[hidden.IndexOf(k, j)], z);
            _hidden[j] = ActivationReference.Apply(Activation.Relu, z).Value;
        }

        for (var c = 0; c < shape.Outputs; c++)
        {
            outputs[c] = weights[outputBias.IndexOf(0, c)];
            for (var j = 0; j < shape.Hidden; j++) outputs[c] = T.FusedMultiplyAdd(_hidden[j], weights[output.IndexOf(j, c)], outputs[c]);
        }
    }

    private (TensorLayout Hidden, TensorLayout HiddenBias, TensorLayout Output, TensorLayout OutputBias) Tensors =>
        (Parameters.Tensors[0], Parameters.Tensors[1], Parameters.Tensors[2], Parameters.Tensors[3]);

    private void Backward(ReadOnlySpan<T> weights, ReadOnlySpan<T> sample, Span<T> gradient)
    {
        var (hidden, hiddenBias, output, outputBias) = Tensors;
        for (var c = 0; c < shape.Outputs; c++) gradient[outputBias.IndexOf(0, c)] += _outputs[c];
        for (var j = 0; j < shape.Hidden; j++)
        {
            var dh = T.Zero;
            for (var c = 0; c < shape.Outputs; c++)
            {
                ref var dw = ref gradient[output.IndexOf(j, c)];
                dw = T.FusedMultiplyAdd(_hidden[j], _outputs[c], dw);
                dh = T.FusedMultiplyAdd(_outputs[c], weights[output.IndexOf(j, c)], dh);
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

    private ReadOnlySpan<T> Sample(ReadOnlySpan<T> inputs, int index) => inputs.Slice(index * shape.Inputs, shape.Inputs);

    private static void Widen(ReadOnlySpan<T> from, Span<double> to)
    {
        for (var c = 0; c < from.Length; c++) to[c] = double.CreateTruncating(from[c]);
    }
}
